#pragma once

#include "dataset.h"
#include "settings.h"

namespace ganlet::train {

/// Whether training with these settings is faster in bfloat16 than in float32 on this machine, by doing a few updates
/// of a network that is thrown away. Errors: those of the family's `make`.
Result<bool> bf16_is_faster(const Settings& settings, const Dataset& data);

} // namespace ganlet::train
