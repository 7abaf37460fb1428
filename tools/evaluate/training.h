#pragma once

#include <optional>
#include <string>
#include <vector>

#include "settings.h"

/// What is known of how a model was trained.
namespace ganlet::evaluate {

/// A model as `open_checkpoint` or `open_model` takes it: settings of its checkpoint, or of the config.json in its
/// folder. Nothing where there is none. Errors: those of the file.
Result<std::optional<train::Settings>> training_of(const std::string& model);

/// How a folder of pictures is to be cut and shared: as the first of these runs did, unless `overrides` say otherwise.
/// Where that holds nothing back, a tenth is.
train::Settings picture_settings(const std::vector<std::optional<train::Settings>>& runs,
                                 const train::Overrides& overrides);

} // namespace ganlet::evaluate
