#pragma once

#include "graph/backend.h"

/// XNNPACK's SIMD kernels, through its operator interface. Operations that XNNPACK lacks run on the reference's loops.
namespace ganlet::xnn {

extern const Backend backend;

} // namespace ganlet::xnn
