#include <algorithm>
#include <iterator>

#include "import/tf_graph.h"

namespace ganlet::importing::tf {

namespace {

constexpr Kind all[] = {
    {"Abs", convert_unary, 1},
    {"Add", convert_binary, 2},
    {"AddN", convert_add_n, 1},
    {"AddV2", convert_binary, 2},
    {"AvgPool", convert_pool, 1},
    {"BatchMatMul", convert_matrix_product, 2},
    {"BatchMatMulV2", convert_matrix_product, 2},
    {"BiasAdd", convert_bias, 2},
    {"BroadcastTo", convert_broadcast, 2},
    {"Cast", convert_cast, 1},
    {"Ceil", convert_unary, 1},
    {"ConcatV2", convert_concatenation, 2},
    {"Conv2D", convert_convolution, 2},
    {"Conv2DBackpropInput", convert_transposed_convolution, 3},
    {"Cos", convert_unary, 1},
    {"DepthToSpace", convert_depth_to_space, 1},
    {"DepthwiseConv2dNative", convert_convolution, 2},
    {"Div", convert_binary, 2},
    {"Elu", convert_unary, 1},
    {"Equal", convert_binary, 2},
    {"Erf", convert_unary, 1},
    {"Exp", convert_unary, 1},
    {"ExpandDims", convert_expansion, 2},
    {"Fill", convert_fill, 2},
    {"Floor", convert_unary, 1},
    {"FloorDiv", convert_binary, 2},
    {"FloorMod", convert_binary, 2},
    {"FusedBatchNorm", convert_batch_normalization, 5},
    {"FusedBatchNormV2", convert_batch_normalization, 5},
    {"FusedBatchNormV3", convert_batch_normalization, 5},
    {"FusedDepthwiseConv2dNative", convert_convolution, 2},
    {"GatherV2", convert_gather, 3},
    {"Greater", convert_binary, 2},
    {"GreaterEqual", convert_binary, 2},
    {"Identity", convert_identity, 1},
    {"LeakyRelu", convert_unary, 1},
    {"Less", convert_binary, 2},
    {"LessEqual", convert_binary, 2},
    {"Log", convert_unary, 1},
    {"LogicalAnd", convert_binary, 2},
    {"LogicalOr", convert_binary, 2},
    {"MatMul", convert_matrix_product, 2},
    {"Max", convert_reduction, 2},
    {"MaxPool", convert_pool, 1},
    {"Maximum", convert_binary, 2},
    {"Mean", convert_reduction, 2},
    {"Min", convert_reduction, 2},
    {"Minimum", convert_binary, 2},
    {"MirrorPad", convert_padding, 2},
    {"Mul", convert_binary, 2},
    {"Neg", convert_unary, 1},
    {"OneHot", convert_one_hot, 4},
    {"Pack", convert_pack, 1},
    {"Pad", convert_padding, 2},
    {"PadV2", convert_padding, 3},
    {"PlaceholderWithDefault", convert_identity, 1},
    {"Pow", convert_binary, 2},
    {"Prelu", convert_prelu, 2},
    {"Prod", convert_reduction, 2},
    {"Range", convert_range, 3},
    {"RealDiv", convert_binary, 2},
    {"Reciprocal", convert_unary, 1},
    {"Relu", convert_unary, 1},
    {"Relu6", convert_unary, 1},
    {"Reshape", convert_reshape, 2},
    {"ResizeBilinear", convert_resize, 2},
    {"ResizeNearestNeighbor", convert_resize, 2},
    {"Round", convert_unary, 1},
    {"Rsqrt", convert_unary, 1},
    {"Select", convert_select, 3},
    {"SelectV2", convert_select, 3},
    {"Selu", convert_unary, 1},
    {"Shape", convert_shape, 1},
    {"Sigmoid", convert_unary, 1},
    {"Sin", convert_unary, 1},
    {"Slice", convert_slice, 3},
    {"Softmax", convert_softmax, 1},
    {"Softplus", convert_unary, 1},
    {"Softsign", convert_unary, 1},
    {"Split", convert_split, 2},
    {"SplitV", convert_split, 3},
    {"Sqrt", convert_unary, 1},
    {"Square", convert_unary, 1},
    {"SquaredDifference", convert_binary, 2},
    {"Squeeze", convert_squeeze, 1},
    {"StopGradient", convert_identity, 1},
    {"StridedSlice", convert_strided_slice, 4},
    {"Sub", convert_binary, 2},
    {"Sum", convert_reduction, 2},
    {"Tanh", convert_unary, 1},
    {"Tile", convert_tile, 2},
    {"Transpose", convert_transpose, 2},
    {"Unpack", convert_unpack, 1},
    {"_FusedConv2D", convert_convolution, 2},
    {"_FusedMatMul", convert_matrix_product, 2},
};
static_assert(std::ranges::is_sorted(all, {}, &Kind::op));

} // namespace

std::span<const Kind> kinds() {
  return all;
}

const Kind* find_kind(std::string_view op) {
  const auto* const found = std::ranges::lower_bound(all, op, {}, &Kind::op);
  return found != std::end(all) && found->op == op ? found : nullptr;
}

} // namespace ganlet::importing::tf
