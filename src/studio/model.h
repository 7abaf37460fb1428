#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "generator/model_folder.h"
#include "studio/state.h"

namespace ganlet::studio {

/// How a model is loaded; changing any of it loads it again.
struct Engine {
  std::string part = "generator";
  std::string backend = "xnn"; ///< or "reference"
  int threads = 1;

  bool operator==(const Engine&) const = default;
};

/// A model that draws, and the file it came from, for looking inside. Belongs to the side that works.
struct LoadedModel {
  Generator generator;
  std::vector<std::byte> file;
  ModelFacts facts;
  Engine engine;
  double milliseconds = 1; ///< an image took lately
};

/// Loads a folder or file that can be read under `path`; the facts' name becomes `name`. Errors: those of find_model,
/// read_part and Generator::load.
Result<std::shared_ptr<LoadedModel>> load(const std::string& path, const std::string& name, const Engine& engine);

const Backend& backend_of(const Engine& engine);

} // namespace ganlet::studio
