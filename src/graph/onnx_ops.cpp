#include "graph/onnx_ops.h"

#include <algorithm>

#include "graph/lower_ops.h"

namespace ganlet {

namespace {

constexpr OnnxOp ops[] = {
    {"Abs", lower_unary},
    {"Add", lower_binary},
    {"AveragePool", lower_average_or_max_pool},
    {"BatchNormalization", lower_batch_normalization},
    {"Cast", lower_cast},
    {"Clip", lower_clip},
    {"Concat", lower_concat},
    {"Constant", lower_constant},
    {"ConstantOfShape", lower_constant_of_shape},
    {"Conv", lower_conv},
    {"ConvTranspose", lower_conv_transpose},
    {"DepthToSpace", lower_depth_to_space},
    {"DequantizeLinear", lower_dequantize_linear},
    {"Div", lower_binary},
    {"Dropout", lower_dropout},
    {"Elu", lower_unary},
    {"Equal", lower_binary},
    {"Erf", lower_unary},
    {"Exp", lower_unary},
    {"Expand", lower_expand},
    {"EyeLike", lower_eye_like},
    {"Flatten", lower_flatten},
    {"Gather", lower_gather},
    {"Gelu", lower_unary},
    {"Gemm", lower_gemm},
    {"GlobalAveragePool", lower_global_average_pool},
    {"Identity", lower_identity},
    {"InstanceNormalization", lower_instance_normalization},
    {"LayerNormalization", lower_layer_normalization},
    {"LeakyRelu", lower_unary},
    {"Log", lower_unary},
    {"MatMul", lower_mat_mul},
    {"Max", lower_min_or_max},
    {"MaxPool", lower_average_or_max_pool},
    {"Min", lower_min_or_max},
    {"Mod", lower_binary},
    {"Mul", lower_binary},
    {"Neg", lower_unary},
    {"OneHot", lower_one_hot},
    {"PRelu", lower_prelu},
    {"Pad", lower_pad},
    {"Pow", lower_binary},
    {"Range", lower_range},
    {"Reciprocal", lower_unary},
    {"ReduceL2", lower_reduce},
    {"ReduceMean", lower_reduce},
    {"ReduceProd", lower_reduce_prod},
    {"ReduceSum", lower_reduce},
    {"Relu", lower_unary},
    {"Reshape", lower_reshape},
    {"Resize", lower_resize},
    {"Shape", lower_shape},
    {"Sigmoid", lower_unary},
    {"Slice", lower_slice},
    {"Softmax", lower_softmax},
    {"Softplus", lower_unary},
    {"Split", lower_split},
    {"Sqrt", lower_unary},
    {"Squeeze", lower_squeeze},
    {"Sub", lower_binary},
    {"Tanh", lower_unary},
    {"Tile", lower_tile},
    {"Transpose", lower_transpose},
    {"Unsqueeze", lower_unsqueeze},
    {"Upsample", lower_resize},
    {"Where", lower_where},
};
static_assert(std::ranges::is_sorted(ops, {}, &OnnxOp::op_type));

} // namespace

std::span<const OnnxOp> onnx_ops() {
  return ops;
}

const OnnxOp* find_onnx_op(std::string_view op_type) {
  const auto* found = std::ranges::lower_bound(ops, op_type, {}, &OnnxOp::op_type);
  return found != std::end(ops) && found->op_type == op_type ? found : nullptr;
}

} // namespace ganlet
