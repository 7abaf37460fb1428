#include "graph/onnx_ops.h"

namespace ganlet {

std::span<const OnnxOp> rare_onnx_ops() {
  return {};
}

bool has_rare_parts() {
  return false;
}

} // namespace ganlet
