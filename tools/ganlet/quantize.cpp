#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include "commands.h"
#include "core/text.h"
#include "generator/roles.h"
#include "image/whole_file.h"
#include "onnx/quantize.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "options.h"

namespace ganlet::tool {

namespace {

constexpr std::uint64_t seeds = 64;

struct QuantizeOptions {
  std::string input, output;
};

/// A compiled graph, and the range of its label input (if it has one).
struct Runner {
  std::unique_ptr<Program> program;
  std::optional<std::size_t> label;
  std::int64_t label_count = 0;
  double peak = 0; ///< the range of values, 0 where the graph doesn't say
};

Result<Runner> make_runner(onnx::Model model, std::string_view file) {
  GANLET_TRY(Graph lowered, lower_model(std::move(model), file, Engine{}));
  Runner runner;
  if (const auto roles = find_roles(lowered, {})) {
    runner.label = roles->label_is_float ? std::nullopt : roles->label;
    runner.label_count = roles->label_count;
    if (const auto& range = roles->value_range)
      runner.peak = double{range->high} - double{range->low};
  }
  GANLET_TRY(runner.program, Engine{}.backend().compile(std::move(lowered), CompileOptions{}));
  return runner;
}

/// The first output for a seed; the class depends on the seed.
Result<std::vector<float>> output_of(Runner& runner, std::uint64_t seed) {
  GANLET_TRY(std::vector<Tensor> inputs, sample_inputs(runner.program->graph(), 1, seed));
  if (runner.label && runner.label_count > 0)
    inputs[*runner.label].as<std::int64_t>()[0] =
        static_cast<std::int64_t>(seed % static_cast<std::uint64_t>(runner.label_count));
  GANLET_TRY(const std::span<const TensorView> outputs, runner.program->run(views_of(inputs)));
  if (outputs[0].type != DataType::float32)
    return fail(ErrorCode::unsupported, "graph.output[0]",
                concat("is ", name_of(outputs[0].type), ", only float32 can be compared"));
  const auto values = outputs[0].as<const float>();
  return std::vector<float>(values.begin(), values.end());
}

/// Peak signal-to-noise ratio in dB. `peak` is the range of values; if 0, it is taken from `expected`.
double peak_signal_to_noise(const std::vector<float>& expected, const std::vector<float>& given, double peak) {
  double squares = 0;
  for (std::size_t i = 0; i < expected.size(); ++i)
    squares += std::pow(static_cast<double>(expected[i]) - static_cast<double>(given[i]), 2);
  if (!(peak > 0)) {
    const auto [low, high] = std::ranges::minmax(expected);
    peak = static_cast<double>(high) - static_cast<double>(low);
  }
  return 10 * std::log10(peak * peak * static_cast<double>(expected.size()) / squares);
}

Result<void> print_comparison(onnx::Model before, std::span<const std::byte> after, const QuantizeOptions& options) {
  GANLET_TRY(Runner floats, make_runner(std::move(before), options.input));
  GANLET_TRY(onnx::Model reread, onnx::read(after, Limits{}));
  GANLET_TRY(Runner integers, make_runner(std::move(reread), options.output));
  double sum = 0, least = HUGE_VAL;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    GANLET_TRY(const std::vector<float> expected, output_of(floats, seed));
    GANLET_TRY(const std::vector<float> given, output_of(integers, seed));
    if (expected.empty() || expected.size() != given.size())
      return fail(ErrorCode::unsupported, "graph.output[0]", "is empty");
    const double decibels = peak_signal_to_noise(expected, given, floats.peak);
    sum += decibels;
    least = std::min(least, decibels);
  }
  std::fprintf(options.output == "-" ? stderr : stdout, "PSNR against float32 over %d seeds: mean %s dB, least %s dB\n",
               static_cast<int>(seeds), fixed(sum / static_cast<double>(seeds), 1).c_str(), fixed(least, 1).c_str());
  return {};
}

Result<void> quantize(const QuantizeOptions& options) {
  const Limits limits;
  GANLET_TRY(const std::vector<std::byte> before, read_whole(options.input, limits.file_bytes));
  auto model = onnx::read(before, limits);
  if (!model)
    return tl::unexpected(std::move(model).error().within(options.input));
  auto quantized = onnx::quantize(onnx::clone(*model));
  if (!quantized)
    return tl::unexpected(std::move(quantized).error().within(options.input));
  const std::vector<std::byte> after = onnx::write(*quantized);
  std::fprintf(options.output == "-" ? stderr : stdout, "%s -> %s bytes (%s %%)\n",
               with_commas(static_cast<std::int64_t>(before.size())).c_str(),
               with_commas(static_cast<std::int64_t>(after.size())).c_str(),
               fixed(100 * static_cast<double>(after.size()) / static_cast<double>(before.size()), 1).c_str());
  GANLET_CHECK(print_comparison(std::move(*model), after, options));
  return write_whole(options.output, after);
}

} // namespace

void add_quantize(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<QuantizeOptions>();
  CLI::App& command =
      *app.add_subcommand("quantize", "Store a model's weights as int8, a scale for each output channel");
  command.add_option("IN", options->input, "The .onnx file to read")->type_name("IN.onnx")->required();
  command.add_option("OUT", options->output, "The file to write, whole or not at all")
      ->type_name("OUT.onnx")
      ->required();
  command.callback([options, &outcome] { outcome = quantize(*options); });
}

} // namespace ganlet::tool
