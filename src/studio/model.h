#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "generator/model_folder.h"
#include "studio/message.h"

namespace ganlet::studio {

/// A model that draws, and the file it came from, for looking inside.
struct LoadedModel {
  Model whole; ///< draws by its generator as a whole
  Roles roles; ///< of that generator's inputs and outputs
  std::vector<std::byte> file;
  ModelFacts facts;
  Engine engine;
  double milliseconds = 1; ///< an image took lately
  // Loaded once something asks for it.
  std::optional<Model> style{}; ///< draws by its mapping and synthesis networks
};

/// Loads a folder or file that can be read under `path`; the facts' name becomes `name`. Errors: those of find_model,
/// read_part and load_model.
Result<std::shared_ptr<LoadedModel>> load(const std::string& path, const std::string& name, const Engine& engine);

/// Loads the parts named mapping, synthesis and, where there is one, mean_style; the facts then tell of them. Errors:
/// those of load_model, and invalid_argument where they don't fit the generator.
Result<void> load_style(LoadedModel& model);
} // namespace ganlet::studio
