#include "graph/onnx_ops.h"

#include <algorithm>

#include "graph/lower_ops.h"

namespace ganlet {

namespace {

constexpr OnnxOp ops[] = {
    {"Abs", lower_unary, 1, 1, 1, "Unary, of integers Binary", ""},
    {"Add", lower_binary, 2, 2, 1, "Binary", ""},
    {"AveragePool", lower_average_or_max_pool, 1, 1, 1, "Pool", "three dimensions"},
    {"BatchNormalization", lower_batch_normalization, 5, 5, 1, "the linear operation before, or Binary",
     "training mode of an open batch"},
    {"Cast", lower_cast, 1, 1, 1, "Cast", "strings, float8, 4-bit types, uint64"},
    {"Ceil", lower_unary, 1, 1, 1, "Unary", ""},
    {"Clip", lower_clip, 1, 3, 1, "the linear operation before, or Unary", "integers"},
    {"Concat", lower_concat, 1, SIZE_MAX, 1, "Concat", ""},
    {"Constant", lower_constant, 0, 0, 1, "a constant", "strings, sparse tensors"},
    {"ConstantOfShape", lower_constant_of_shape, 1, 1, 9, "a constant, or Expand", ""},
    {"Conv", lower_conv, 2, 3, 1, "Convolution", "three dimensions; weights for each picture of an open batch"},
    {"ConvTranspose", lower_conv_transpose, 2, 3, 1, "TransposedConvolution",
     "three dimensions; weights for each picture of an open batch"},
    {"DepthToSpace", lower_depth_to_space, 1, 1, 1, "DepthToSpace", ""},
    {"DequantizeLinear", lower_dequantize_linear, 2, 3, 10, "int8 weights of the linear operation behind, or Binary",
     "blocks"},
    {"Div", lower_binary, 2, 2, 1, "Binary", ""},
    {"Dropout", lower_dropout, 1, 3, 1, "nothing", "training mode, the mask"},
    {"Elu", lower_unary, 1, 1, 1, "Unary", ""},
    {"Equal", lower_binary, 2, 2, 1, "Binary", ""},
    {"Erf", lower_unary, 1, 1, 9, "Unary", ""},
    {"Exp", lower_unary, 1, 1, 1, "Unary", ""},
    {"Expand", lower_expand, 2, 2, 8, "Expand", ""},
    {"Flatten", lower_flatten, 1, 1, 1, "Reshape", ""},
    {"Floor", lower_unary, 1, 1, 1, "Unary", ""},
    {"Gather", lower_gather, 2, 2, 1, "Gather", "the batch axis"},
    {"Gelu", lower_unary, 1, 1, 20, "Unary", ""},
    {"Gemm", lower_gemm, 2, 3, 1, "FullyConnected, or MatrixMultiply", ""},
    {"GlobalAveragePool", lower_global_pool, 1, 1, 1, "Reduce", ""},
    {"Greater", lower_binary, 2, 2, 1, "Binary", ""},
    {"GreaterOrEqual", lower_binary, 2, 2, 12, "Binary", ""},
    {"Identity", lower_identity, 1, 1, 1, "nothing", ""},
    {"InstanceNormalization", lower_instance_normalization, 3, 3, 1, "Reduce, Binary, Unary", ""},
    {"LeakyRelu", lower_unary, 1, 1, 1, "Unary", ""},
    {"Less", lower_binary, 2, 2, 1, "Binary", ""},
    {"LessOrEqual", lower_binary, 2, 2, 12, "Binary", ""},
    {"Log", lower_unary, 1, 1, 1, "Unary", ""},
    {"MatMul", lower_mat_mul, 2, 2, 1, "FullyConnected, or MatrixMultiply", ""},
    {"Max", lower_fold, 1, SIZE_MAX, 1, "Binary", ""},
    {"MaxPool", lower_average_or_max_pool, 1, 1, 1, "Pool", "indices; three dimensions"},
    {"Mean", lower_fold, 1, SIZE_MAX, 1, "Binary", ""},
    {"Min", lower_fold, 1, SIZE_MAX, 1, "Binary", ""},
    {"Mul", lower_binary, 2, 2, 1, "Binary, or the linear operation before", ""},
    {"Neg", lower_unary, 1, 1, 1, "Unary, of integers Binary", ""},
    {"OneHot", lower_one_hot, 3, 3, 9, "OneHot", ""},
    {"Pad", lower_pad, 2, 4, 1, "Pad", "wrapping"},
    {"Pow", lower_binary, 2, 2, 1, "Binary", ""},
    {"Reciprocal", lower_unary, 1, 1, 1, "Unary", ""},
    {"ReduceL2", lower_reduce, 1, 2, 1, "Binary, Reduce, Unary", "the batch axis"},
    {"ReduceMax", lower_reduce, 1, 2, 1, "Reduce", "the batch axis"},
    {"ReduceMean", lower_reduce, 1, 2, 1, "Reduce", "the batch axis"},
    {"ReduceMin", lower_reduce, 1, 2, 1, "Reduce", "the batch axis"},
    {"ReduceProd", lower_reduce, 1, 2, 1, "Reduce", "the batch axis"},
    {"ReduceSum", lower_reduce, 1, 2, 1, "Reduce", "the batch axis"},
    {"Relu", lower_unary, 1, 1, 1, "the linear operation before, or Unary", ""},
    {"Reshape", lower_reshape, 2, 2, 1, "Reshape", "shapes that the network computes"},
    {"Resize", lower_resize, 1, 4, 10, "Resize", "cropping, antialiasing downwards; other axes than height and width"},
    {"Round", lower_unary, 1, 1, 11, "Unary", ""},
    {"Shape", lower_shape, 1, 1, 1, "sizes", ""},
    {"Sigmoid", lower_unary, 1, 1, 1, "Unary", ""},
    {"Sign", lower_unary, 1, 1, 9, "Unary", "integers"},
    {"Slice", lower_slice, 3, 5, 1, "Slice", "the batch axis"},
    {"Softmax", lower_softmax, 1, 1, 1, "Softmax", ""},
    {"Softplus", lower_unary, 1, 1, 1, "Unary", ""},
    {"Split", lower_split, 1, 2, 1, "Slice", "the batch axis"},
    {"Sqrt", lower_unary, 1, 1, 1, "Unary", ""},
    {"Squeeze", lower_squeeze, 1, 2, 1, "Reshape", ""},
    {"Sub", lower_binary, 2, 2, 1, "Binary", ""},
    {"Sum", lower_fold, 1, SIZE_MAX, 1, "Binary", ""},
    {"Tanh", lower_unary, 1, 1, 1, "Unary", ""},
    {"Tile", lower_tile, 2, 2, 1, "Tile", ""},
    {"Transpose", lower_transpose, 1, 1, 1, "Transpose", ""},
    {"Unsqueeze", lower_unsqueeze, 1, 2, 1, "Reshape", ""},
    {"Where", lower_where, 3, 3, 9, "Select", ""},
};
static_assert(std::ranges::is_sorted(ops, {}, &OnnxOp::op_type));

const OnnxOp* find(std::span<const OnnxOp> rows, std::string_view op_type) {
  const auto found = std::ranges::lower_bound(rows, op_type, {}, &OnnxOp::op_type);
  return found != rows.end() && found->op_type == op_type ? &*found : nullptr;
}

} // namespace

std::vector<const OnnxOp*> onnx_ops() {
  std::vector<const OnnxOp*> all;
  for (const std::span<const OnnxOp> rows : {std::span<const OnnxOp>(ops), less_common_onnx_ops(), rare_onnx_ops()})
    for (const OnnxOp& row : rows)
      all.push_back(&row);
  std::ranges::sort(all, {}, &OnnxOp::op_type);
  return all;
}

const OnnxOp* find_onnx_op(std::string_view op_type) {
  for (const std::span<const OnnxOp> rows : {std::span<const OnnxOp>(ops), less_common_onnx_ops(), rare_onnx_ops()})
    if (const OnnxOp* const found = find(rows, op_type))
      return found;
  return nullptr;
}

tl::unexpected<Error> needs_rare_parts() {
  return fail(ErrorCode::unsupported, "", "needs the engine with all parts: serve ganlet-any.wasm beside this one");
}

} // namespace ganlet
