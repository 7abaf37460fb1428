#include "options.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>

#include <CLI/Error.hpp>
#include <CLI/Validators.hpp>

#include "backends/backends.h"
#include "core/json.h"
#include "core/text.h"
#include "generator/missing_operators.h"
#include "generator/model.h"
#include "generator/read_graph.h"
#include "generator/translator.h"
#include "graph/lower.h"
#include "image/whole_file.h"
#include "onnx/contents.h"
#include "onnx/reader.h"
#include "reference/reference.h"

namespace ganlet::tool {

std::vector<std::filesystem::path> ModelChoice::directories() const {
  std::vector<std::filesystem::path> all;
  if (!directory.empty())
    all.emplace_back(directory);
  std::ranges::move(installed_places("models"), std::back_inserter(all));
  return all;
}

Result<std::vector<ModelFolder>> catalogued(const std::vector<std::filesystem::path>& directories,
                                            std::string_view list) {
  std::error_code ignored;
  for (const std::filesystem::path& directory : directories) {
    if (!std::filesystem::exists(directory / "index.json", ignored))
      continue;
    GANLET_TRY(const std::vector<CatalogEntry> catalog, read_catalog(directory, list));
    std::vector<ModelFolder> models;
    for (const CatalogEntry& entry : catalog) {
      GANLET_TRY(ModelFolder model, find_model((directory / entry.id).string(), {}));
      models.push_back(std::move(model));
    }
    return models;
  }
  return fail(ErrorCode::not_found, directories.front().string(), "has no index.json, the list of its models");
}

void add_model(CLI::App& command, ModelChoice& model) {
  command
      .add_option(
          "MODEL", model.name,
          "An id such as digits, a folder with a model.json, or a file: .onnx, Keras's .h5 and .keras, PyTorch's "
          ".pt2, .tflite, TensorFlow.js's model.json or a .zip with it")
      ->required();
  command.add_option("--models", model.directory, "Where to look for ids first")->type_name("DIR");
  command.add_flag("--chain", model.chain, "Guess the network of a PyTorch file that only has tensors");
  command.add_option("--part", model.part, "Which file of a model folder: generator, generator_f32, ...")
      ->capture_default_str();
}

void add_image(CLI::App& command, ModelChoice& model) {
  command.add_option("--image", model.image, "The output that is the picture, where a network has several")
      ->type_name("NAME");
  add_range(command, "--range", model.range,
            "The network's numbers for black and white; default: model.json's, else by its end, else measured");
}

void add_range(CLI::App& command, const std::string& flag, std::optional<ValueRange>& range, const std::string& help) {
  const auto read = [&range, flag](const std::string& text) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const auto low = number_of(std::string_view(text).substr(0, comma)),
               high = number_of(std::string_view(text).substr(std::min(comma + 1, text.size())));
    range = ValueRange{static_cast<float>(low.value_or(0)), static_cast<float>(high.value_or(0))};
    if (!low || !high || !std::isfinite(range->high - range->low) || !(range->low < range->high))
      throw CLI::ValidationError(flag, "must be two numbers, the smaller first, such as 0,255");
  };
  command.add_option_function<std::string>(flag, read, help)->type_name("LOW,HIGH");
}

std::string range_text(ValueRange range, std::int64_t measured_pictures) {
  return concat(range.low, " to ", range.high,
                measured_pictures > 0 ? concat(", measured over ", measured_pictures, " pictures") : "");
}

std::string measured_text(const ImageFacts& facts) {
  if (facts.measured_pictures == 0)
    return "";
  return concat("; values ", range_text(facts.range, facts.measured_pictures), " (--range LOW,HIGH gives others)");
}

const Backend& Engine::backend() const {
  return **backend_named(name); // checked when the option was read
}

CompileOptions Engine::compile_options() const {
  CompileOptions compile;
  compile.threads = threads;
  compile.device = device;
  return compile;
}

void add_backend(CLI::App& command, Engine& engine) {
  std::string choices;
  for (const Backend* backend : backends())
    choices += concat(choices.empty() ? "" : "; ", backend->name, ": ", backend->description);
  choices += "; auto: xnn, but what takes less time in bench and for what changes in the studio";
  const auto check = [](const std::string& name) {
    const auto found = backend_named(name);
    return found ? std::string() : found.error().message();
  };
  command.add_option("--backend", engine.name, choices)->check(check)->type_name("NAME")->capture_default_str();
  command.add_option("--device", engine.device, "GPU of the gl backend, counted from 0; otherwise the first real one")
      ->check(CLI::Range(0, 63))
      ->type_name("N");
}

void add_engine(CLI::App& command, Engine& engine) {
  add_backend(command, engine);
  command.add_option("--threads", engine.threads, "Threads of the xnn backend")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
}

LoadOptions load_options(const ModelChoice& model, const Engine& engine) {
  LoadOptions load;
  load.models = model.directories();
  load.part = model.part;
  load.chain = model.chain;
  load.image = model.image;
  load.range = model.range;
  load.backend = &engine.backend();
  load.compile = engine.compile_options();
  return load;
}

Result<OpenedModel> open_model(const ModelChoice& choice) {
  OpenedModel opened;
  GANLET_TRY(opened.folder, find_model(choice.name, choice.directories()));
  opened.folder.chain = choice.chain;
  const ModelDescription& description = opened.folder.description;
  // A style-based model's generator isn't a file of its own.
  if (const ModelPart* const part = description.find_part(choice.part))
    opened.part = *part;
  else
    opened.part.name = choice.part;
  opened.file = opened.folder.file_of(opened.part).string();
  GANLET_TRY(std::vector<std::byte> bytes, read_network(opened.folder, choice.part, Limits{}));
  opened.bytes = static_cast<std::int64_t>(bytes.size());
  if (const auto contents = onnx::contents_of(bytes)) { // else `read` says what is wrong
    if (auto checked = check_operators(*contents); !checked)
      return tl::unexpected(std::move(checked).error().within(opened.file));
    opened.opset = contents->opset;
  }
  auto model = onnx::read(bytes, Limits{}, opened.budget);
  if (!model)
    return tl::unexpected(std::move(model).error().within(opened.file));
  opened.model = std::move(*model);
  opened.contents = std::move(bytes);
  return opened;
}

Result<Graph> lower_model(onnx::Model model, std::string_view file, const Engine& engine, Budget* budget) {
  auto graph =
      lower(std::move(model),
            {.limits = {}, .evaluate = reference::evaluate, .budget = budget, .prefers = engine.backend().prefers});
  if (!graph)
    return tl::unexpected(std::move(graph).error().within(file));
  return graph;
}

Result<Graph> lower_as_drawn(OpenedModel& opened, const Engine& engine) {
  if (!draws_alone(opened.part.name) || Translator::takes_pictures(opened.model))
    return lower_model(std::move(opened.model), opened.file, engine, &opened.budget);
  auto graph = generator_of(std::move(opened.model), opened.contents, {}, engine.backend().prefers, opened.budget);
  if (!graph)
    return tl::unexpected(std::move(graph).error().within(opened.file));
  return graph;
}

std::string left(std::string_view text, std::size_t width) {
  return std::string(text) + std::string(width - std::min(width, text.size()), ' ');
}

std::string right(std::string_view text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + std::string(text);
}

std::string fixed(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

} // namespace ganlet::tool
