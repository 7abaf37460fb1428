#pragma once

#include "studio/job.h"
#include "studio/model.h"

namespace ganlet::studio {

/// Loads the encoder where it isn't yet. Errors: those of load_encoder, of preparing the picture, and of running.
Result<Encoded> encode(LoadedModel& model, const Image& picture);

} // namespace ganlet::studio
