#pragma once

#include "dataset.h"
#include "settings.h"

namespace ganlet::train {

/// Whether bfloat16 can be trusted on this machine. oneDNN's for AVX-512 reads memory that nobody has written (seen in
/// the release that comes with libtorch 2.6: losses become nan now and then, in most families always with
/// MALLOC_PERTURB_=1); on processors that have AMX it uses that.
bool is_bf16_right();

/// Whether training with these settings is faster in bfloat16 than in float32 on this machine, and right, by doing a
/// few updates of a network that is thrown away. Errors: those of the family's `make`.
Result<bool> bf16_is_faster(const Settings& settings, const Dataset& data);

} // namespace ganlet::train
