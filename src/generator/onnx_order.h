#pragma once

#include "graph/graph.h"

namespace ganlet {

/// A copy of what a program gave for `value`, in the order that the file declares: where it lies in memory as
/// (N,H,W,C), (N,C,H,W).
Tensor onnx_order(const Value& value, const TensorView& view);

} // namespace ganlet
