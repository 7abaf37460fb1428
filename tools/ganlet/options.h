#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "backends/backends.h"
#include "generator/model_folder.h"
#include "onnx/model.h"

/// What several subcommands have in common.
namespace ganlet::tool {

/// Which model, and of its parts which.
struct ModelChoice {
  std::string name;
  std::string directory; ///< --models
  std::string part = "generator";

  /// Where ids are looked up: --models, ./models, and share/ganlet/models beside the folder that the program is
  /// installed in.
  std::vector<std::filesystem::path> directories() const;
};

/// The models of the first directory that has a catalogue, index.json. Errors: not_found, and those of reading it.
Result<std::vector<ModelFolder>> catalogued(const std::vector<std::filesystem::path>& directories);

/// Adds MODEL, --models and --part.
void add_model(CLI::App& command, ModelChoice& model);

/// How to run it.
struct Engine {
  std::string name{default_backend};
  int threads = 1;

  const Backend& backend() const;
};

/// Adds --backend and --threads.
void add_engine(CLI::App& command, Engine& engine);

/// For `load_model` and `load_encoder`.
LoadOptions load_options(const ModelChoice& model, const Engine& engine);

/// A model file on its way to a program, for commands that look at any graph and not at generators alone.
struct OpenedModel {
  ModelFolder folder;
  ModelPart part;
  std::string file;       ///< the part's, with its folder
  std::int64_t bytes = 0; ///< of the part's file
  onnx::Model model;
};

Result<OpenedModel> open_model(const ModelChoice& choice);
Result<Graph> lower_model(onnx::Model model, std::string_view file, const Engine& engine);

/// Inputs for a graph as its shapes ask for: standard normal float32 numbers of a seed, and zeros for other types.
Result<std::vector<Tensor>> sample_inputs(const Graph& graph, std::int64_t batch, std::uint64_t seed);
std::vector<TensorView> views_of(const std::vector<Tensor>& tensors);

/// Text followed or preceded by blanks up to `width` columns.
std::string left(std::string_view text, std::size_t width);
std::string right(std::string_view text, std::size_t width);
/// A number with so many digits behind the point.
std::string fixed(double number, int digits);

} // namespace ganlet::tool
