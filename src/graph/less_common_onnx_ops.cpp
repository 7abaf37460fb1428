#include <algorithm>

#include "graph/lower_ops.h"
#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

constexpr OnnxOp less_common[] = {
    {"EyeLike", lower_eye_like, 1, 1, 9, "a constant", ""},
    {"LayerNormalization", lower_layer_normalization, 2, 3, 17, "Reduce, Binary, Unary", ""},
    {"Mod", lower_binary, 2, 2, 10, "Binary", "fmod of integers"},
    {"PRelu", lower_prelu, 2, 2, 1, "Binary", ""},
    {"Range", lower_range, 3, 3, 11, "a constant", "bounds that the network computes"},
};
static_assert(std::ranges::is_sorted(less_common, {}, &OnnxOp::op_type));

} // namespace

std::span<const OnnxOp> less_common_onnx_ops() {
  return less_common;
}

} // namespace ganlet
