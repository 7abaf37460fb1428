#pragma once

#include "graph/graph.h"

namespace ganlet {

/// A copy of a program's output `view` for `value`, in the order of axes that the file declares: (N,C,H,W) if it lies
/// in memory as (N,H,W,C).
Tensor onnx_order(const Value& value, const TensorView& view);

} // namespace ganlet
