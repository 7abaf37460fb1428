#include "graph/onnx_ops.h"

namespace ganlet {

std::span<const OnnxOp> less_common_onnx_ops() {
  return {};
}

} // namespace ganlet
