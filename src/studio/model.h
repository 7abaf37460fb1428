#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "generator/model_folder.h"
#include "studio/message.h"

namespace ganlet::studio {

/// A model that draws, and its network as a file, for looking inside.
struct LoadedModel {
  Model model;
  std::vector<std::byte> file; ///< of a style-based model both networks in one, see `read_network`
  Roles roles;                 ///< of that network's inputs and outputs
  ModelFacts facts;
  Engine engine;
  double milliseconds = 1; ///< an image took lately
};

/// Loads a folder or file that can be read under `path`; the facts' name becomes `name`. Errors: those of find_model,
/// load_model and read_network, and corrupt for directions that aren't of the model.
Result<std::shared_ptr<LoadedModel>> load(const std::string& path, const std::string& name, const Engine& engine,
                                          const std::atomic<bool>* stop = nullptr);

} // namespace ganlet::studio
