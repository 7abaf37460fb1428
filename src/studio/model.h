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
  Generator generator;
  std::vector<std::byte> file;
  ModelFacts facts;
  Engine engine;
  double milliseconds = 1; ///< an image took lately
  // Parts that are loaded once something asks for them.
  std::optional<StyleGenerator> style{};
  std::optional<Encoder> encoder{};
};

/// Loads a folder or file that can be read under `path`; the facts' name becomes `name`. Errors: those of find_model,
/// read_part and Generator::load.
Result<std::shared_ptr<LoadedModel>> load(const std::string& path, const std::string& name, const Engine& engine);

/// Loads the parts named mapping, synthesis and, where there is one, mean_style; the facts then tell of them. Errors:
/// those of load_style_generator, and invalid_argument where they don't fit the generator.
Result<void> load_style(LoadedModel& model);
/// Loads the part named encoder. Errors: the same of load_encoder.
Result<void> load_encoder(LoadedModel& model);

} // namespace ganlet::studio
