#include <algorithm>
#include <memory>
#include <numeric>

#include <CLI/Error.hpp>

#include "commands.h"
#include "core/text.h"
#include "generator/onnx_order.h"
#include "image/npy.h"
#include "image/whole_file.h"
#include "options.h"

namespace ganlet::tool {

namespace {

struct RunOptions {
  ModelChoice model;
  Engine engine;
  std::vector<std::string> inputs; ///< NAME=FILE.npy
  std::string output_name;
  std::string output;
  std::uint64_t seed = 0;
};

std::string names_of(const Graph& graph, const std::vector<ValueId>& ids) {
  std::string names;
  for (const ValueId id : ids)
    names += concat(names.empty() ? "" : ", ", printable(graph.values[id].name));
  return names.empty() ? "none" : names;
}

/// Splits NAME=FILE at the last "=": names may contain one, as TensorFlow's do.
std::pair<std::string, std::string> split(const std::string& argument) {
  const std::size_t equals = argument.rfind('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == argument.size())
    throw CLI::ValidationError("--input", "must be NAME=FILE.npy, is '" + argument + "'");
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

/// One tensor for each input of the graph, in its order.
Result<std::vector<Tensor>> read_inputs(const Graph& graph, const std::vector<std::string>& arguments) {
  std::vector<std::optional<Tensor>> found(graph.inputs.size());
  for (const std::string& argument : arguments) {
    const auto [name, file] = split(argument);
    const auto input = std::ranges::find_if(graph.inputs, [&](ValueId id) { return graph.values[id].name == name; });
    if (input == graph.inputs.end())
      return fail(ErrorCode::not_found, concat("--input ", printable(name)),
                  concat("the graph has no such input, only ", names_of(graph, graph.inputs)));
    std::optional<Tensor>& place = found[static_cast<std::size_t>(input - graph.inputs.begin())];
    if (place)
      return fail(ErrorCode::invalid_argument, concat("--input ", printable(name)), "is given twice");
    const std::int64_t most = Limits{}.tensor_elements * 8 + (1 << 16);
    GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most));
    GANLET_TRY(place, read_npy(bytes, Limits{}, file));
  }
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i])
      return fail(ErrorCode::invalid_argument, concat("--input ", printable(graph.values[graph.inputs[i]].name)),
                  "is missing");
    inputs.push_back(std::move(*found[i]));
  }
  return inputs;
}

Result<std::size_t> choose_output(const Graph& graph, const std::string& name) {
  if (name.empty() && graph.outputs.size() != 1)
    return fail(ErrorCode::invalid_argument, "--output",
                concat("the graph has several outputs, choose one: ", names_of(graph, graph.outputs)));
  for (std::size_t i = 0; i < graph.outputs.size(); ++i)
    if (name.empty() || graph.values[graph.outputs[i]].name == name)
      return i;
  return fail(ErrorCode::not_found, concat("--output ", printable(name)),
              concat("the graph has no such output, only ", names_of(graph, graph.outputs)));
}

Result<void> run(const RunOptions& options) {
  for (const std::string& argument : options.inputs)
    split(argument); // so that a usage error is reported before any file is read
  GANLET_TRY(OpenedModel opened, open_model(options.model));
  GANLET_TRY(Graph lowered, lower_model(std::move(opened.model), opened.file, options.engine, &opened.budget));
  GANLET_TRY(const std::size_t chosen, choose_output(lowered, options.output_name));
  GANLET_TRY(const std::vector<Tensor> inputs, read_inputs(lowered, options.inputs));
  const CompileOptions compile = options.engine.compile_options();
  GANLET_TRY(const std::unique_ptr<Program> program, options.engine.backend().compile(std::move(lowered), compile));
  std::vector<std::uint64_t> seeds(static_cast<std::size_t>(compile.limits.batch));
  std::iota(seeds.begin(), seeds.end(), options.seed);
  program->seed(seeds);
  GANLET_TRY(const std::span<const TensorView> outputs, program->run(views_of(inputs)));
  const Graph& graph = program->graph();
  return write_whole(options.output,
                     write_npy(onnx_order(graph.values[graph.outputs[chosen]], outputs[chosen]).view()));
}

} // namespace

void add_run(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<RunOptions>();
  CLI::App& command = *app.add_subcommand("run", "Run any supported graph on given arrays");
  add_model(command, options->model);
  command
      .add_option("--input", options->inputs, "An input of the graph, float32 or int64 in C order; once for each input")
      ->type_name("NAME=FILE.npy")
      ->allow_extra_args(false);
  command.add_option("--output", options->output_name, "Which output to write, where there are several")
      ->type_name("NAME");
  command.add_option("--seed", options->seed,
                     "Of the first picture, and one more for each, where the network draws random numbers itself");
  command.add_option("-o", options->output, "File to write; - is standard output")->type_name("OUT.npy")->required();
  add_engine(command, options->engine);
  command.callback([options, &outcome] { outcome = run(*options); });
}

} // namespace ganlet::tool
