#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "generator/model_folder.h"
#include "studio/message.h"

namespace ganlet::studio {

/// The same model on the GPU that draws the window.
struct GpuModel {
  Model model;
  const Backend* backend = nullptr;
};

/// Where a model's network can be read again: its bytes, which few jobs need, aren't kept once it has been compiled.
struct NetworkFile {
  ModelFolder folder;
  std::string part;
  std::string digest; ///< SHA-256; for a style-based model, of both networks joined (see ganlet::read_network)

  /// Errors: those of ganlet::read_network, and corrupt if the file isn't what was loaded.
  Result<std::vector<std::byte>> read(const Limits& limits) const;
};

/// A model that draws.
struct LoadedModel {
  Model model;
  NetworkFile file;
  Roles roles; ///< of that network's inputs and outputs
  ModelFacts facts;
  Engine engine;
  double milliseconds = 1;                      ///< recent time per image
  std::shared_ptr<GpuModel> gpu;                ///< once it has drawn something
  std::string gpu_problem;                      ///< why it can't draw; empty if it can, or wasn't tried
  std::map<std::int64_t, bool> gpu_is_faster{}; ///< by the pictures that it draws at once, where that was measured
};

/// The backend that runs a model's networks for everything but pictures that are only shown.
std::string_view backend_on_processor(const Engine& engine);
/// Opens a model on the GPU that draws the window. Errors: unsupported, and those of load_model.
Result<std::shared_ptr<GpuModel>> load_on_gpu(const LoadedModel& model);

/// Whether the GPU is to draw so many pictures at once: it was asked for by name, or was measured to be faster.
bool suits_gpu(LoadedModel& model, std::int64_t pictures);

/// Loads a folder or file that can be read at `path`; `ModelFacts::name` becomes `name`. Errors: those of find_model,
/// load_model and read_network, and corrupt for directions that don't fit the model.
Result<std::shared_ptr<LoadedModel>> load(const std::string& path, const std::string& name, const Engine& engine,
                                          const std::atomic<bool>* stop = nullptr);

} // namespace ganlet::studio
