#pragma once

#include "graph/backend.h"

/// XNNPACK's SIMD kernels, through its operator interface. Operations that it lacks run on the reference's loops in
/// between.
namespace ganlet::xnn {

extern const Backend backend;

} // namespace ganlet::xnn
