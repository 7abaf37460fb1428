#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "generator/model_folder.h"
#include "studio/message.h"

namespace ganlet::studio {

/// A model that draws, together with its network's file, for looking inside.
struct LoadedModel {
  Model model;
  std::vector<std::byte> file; ///< for a style-based model both networks joined, see `read_network`
  Roles roles;                 ///< of that network's inputs and outputs
  ModelFacts facts;
  Engine engine;
  double milliseconds = 1; ///< recent time per image
};

/// Loads a folder or file that can be read at `path`; `ModelFacts::name` becomes `name`. Errors: those of find_model,
/// load_model and read_network, and corrupt for directions that don't fit the model.
Result<std::shared_ptr<LoadedModel>> load(const std::string& path, const std::string& name, const Engine& engine,
                                          const std::atomic<bool>* stop = nullptr);

} // namespace ganlet::studio
