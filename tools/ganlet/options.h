#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "backends/backends.h"
#include "generator/model_folder.h"
#include "graph/sample_inputs.h"
#include "onnx/model.h"

/// Options that several subcommands share.
namespace ganlet::tool {

/// Selects a model and one of its parts.
struct ModelChoice {
  std::string name;
  std::string directory; ///< --models
  std::string part = "generator";
  bool chain = false;              ///< --chain
  std::string image;               ///< --image
  std::optional<ValueRange> range; ///< --range

  /// Where ids are looked up: --models, ./models, and share/ganlet/models beside the folder of the installed program.
  std::vector<std::filesystem::path> directories() const;
};

/// The models of one list (see read_catalog) of the first directory that has a catalogue, index.json. Errors:
/// not_found, and those of reading it.
Result<std::vector<ModelFolder>> catalogued(const std::vector<std::filesystem::path>& directories,
                                            std::string_view list = catalog_of_models);

/// Adds MODEL, --models, --part and --chain.
void add_model(CLI::App& command, ModelChoice& model);

/// Adds --image and --range, for commands that draw.
void add_image(CLI::App& command, ModelChoice& model);
/// Adds a flag that takes two numbers, LOW,HIGH.
void add_range(CLI::App& command, const std::string& flag, std::optional<ValueRange>& range, const std::string& help);

/// Selects how to run it.
struct Engine : EngineChoice {
  const Backend& backend() const;
  CompileOptions compile_options() const;
};

/// Adds --backend and --device.
void add_backend(CLI::App& command, Engine& engine);
/// The same, and --threads.
void add_engine(CLI::App& command, Engine& engine);

/// What the numbers of a picture mean, and whether that was measured: "-1 to 1", "0 to 3.2, measured over 64 pictures".
std::string range_text(ValueRange range, std::int64_t measured_pictures);
/// The same as the end of a line about pictures, which only a range that was measured has.
std::string measured_text(const ImageFacts& facts);

/// For `load_model` and `load_encoder`.
LoadOptions load_options(const ModelChoice& model, const Engine& engine);

/// A model file that has been read, for commands that work on any graph, not only on generators.
struct OpenedModel {
  ModelFolder folder;
  ModelPart part;
  std::string file;                ///< the part's path
  std::int64_t bytes = 0;          ///< of the part's file
  std::vector<std::byte> contents; ///< the file, as `model` was read from it
  std::int64_t opset = 0;          ///< the file's own, before it is upgraded
  onnx::Model model;
  Budget budget{Limits{}.load_units}; ///< for reading and lowering together
};

Result<OpenedModel> open_model(const ModelChoice& choice);
/// `budget` is what reading left; null is a new one.
Result<Graph> lower_model(onnx::Model model, std::string_view file, const Engine& engine, Budget* budget = nullptr);
/// As the model will draw, see `generator_of`; what makes pictures of pictures, and parts that draw nothing, as above.
Result<Graph> lower_as_drawn(OpenedModel& opened, const Engine& engine);

/// Text padded with blanks to `width` columns, on the right (`left`) or on the left (`right`).
std::string left(std::string_view text, std::size_t width);
std::string right(std::string_view text, std::size_t width);
/// The number with this many decimals.
std::string fixed(double number, int digits);

} // namespace ganlet::tool
