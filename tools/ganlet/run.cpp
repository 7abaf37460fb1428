#include <memory>
#include <numeric>

#include <CLI/Error.hpp>

#include "commands.h"
#include "core/text.h"
#include "generator/array_run.h"
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

/// Splits NAME=FILE at the last "=": names may contain one, as TensorFlow's do.
std::pair<std::string, std::string> split(const std::string& argument) {
  const std::size_t equals = argument.rfind('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == argument.size())
    throw CLI::ValidationError("--input", "must be NAME=FILE.npy, is '" + argument + "'");
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

Result<std::vector<NamedArray>> read_arrays(const std::vector<std::string>& arguments) {
  std::vector<NamedArray> arrays;
  for (const std::string& argument : arguments) {
    const auto [name, file] = split(argument);
    const std::int64_t most = Limits{}.tensor_elements * 8 + (1 << 16);
    GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most));
    GANLET_TRY(Tensor array, read_npy(bytes, Limits{}, file));
    arrays.push_back({name, std::move(array)});
  }
  return arrays;
}

Result<std::size_t> choose_output(const Graph& graph, const std::string& name) {
  if (name.empty() && graph.outputs.size() != 1)
    return fail(ErrorCode::invalid_argument, "--output",
                concat("the network has several outputs, choose one: ", names_of(graph, graph.outputs)));
  for (std::size_t i = 0; i < graph.outputs.size(); ++i)
    if (name.empty() || graph.values[graph.outputs[i]].name == name)
      return i;
  return fail(ErrorCode::not_found, concat("--output ", printable(name)),
              concat("the network has no such output, only ", names_of(graph, graph.outputs)));
}

/// Like in JavaScript, of a style-based model its synthesis network: the one whose output is the picture.
ModelChoice network_of(ModelChoice choice, const ModelDescription& description) {
  constexpr std::string_view generator = "generator";
  if (!choice.part.starts_with(generator) || description.find_part(choice.part) != nullptr)
    return choice;
  const std::string synthesis = "synthesis" + choice.part.substr(generator.size());
  if (description.find_part(synthesis) != nullptr)
    choice.part = synthesis;
  return choice;
}

Result<void> run(const RunOptions& options) {
  for (const std::string& argument : options.inputs)
    split(argument); // so that a usage error is reported before any file is read
  GANLET_TRY(const ModelFolder folder, find_model(options.model.name, options.model.directories()));
  GANLET_TRY(OpenedModel opened, open_model(network_of(options.model, folder.description)));
  GANLET_TRY(Graph lowered, lower_model(std::move(opened.model), opened.file, options.engine, &opened.budget));
  GANLET_TRY(const std::size_t chosen, choose_output(lowered, options.output_name));
  GANLET_TRY(std::vector<NamedArray> inputs, read_arrays(options.inputs));
  const CompileOptions compile = options.engine.compile_options();
  GANLET_TRY(const std::unique_ptr<Program> program, options.engine.backend().compile(std::move(lowered), compile));
  std::vector<std::uint64_t> seeds_of_pictures(static_cast<std::size_t>(compile.limits.batch));
  std::iota(seeds_of_pictures.begin(), seeds_of_pictures.end(), options.seed);
  program->seed(seeds_of_pictures);
  GANLET_TRY(ArrayRun run, ArrayRun::begin(*program, std::move(inputs)));
  GANLET_TRY(auto outputs, run.advance(true));
  return write_whole(options.output, write_npy((*outputs)[chosen].array.view()));
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
