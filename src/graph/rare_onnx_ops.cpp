#include <algorithm>

#include "graph/lower_ops.h"
#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

constexpr OnnxOp rare[] = {
    {"Acos", lower_unary, 1, 1, 7, "Unary", ""},
    {"Acosh", lower_unary, 1, 1, 9, "Unary", ""},
    {"AffineGrid", lower_affine_grid, 2, 2, 20, "MatrixMultiply", "three dimensions"},
    {"And", lower_logic, 2, 2, 1, "Select", ""},
    {"ArgMax", lower_arg, 1, 1, 1, "TopK", "the batch axis"},
    {"ArgMin", lower_arg, 1, 1, 1, "TopK", "the batch axis"},
    {"Asin", lower_unary, 1, 1, 7, "Unary", ""},
    {"Asinh", lower_unary, 1, 1, 9, "Unary", ""},
    {"Atan", lower_unary, 1, 1, 7, "Unary", ""},
    {"Atanh", lower_unary, 1, 1, 9, "Unary", ""},
    {"CastLike", lower_cast_like, 2, 2, 15, "Cast", "rounding to the narrower types"},
    {"Celu", lower_celu, 1, 1, 12, "Binary, Unary", ""},
    {"CenterCropPad", lower_center_crop_pad, 2, 2, 18, "Pad", "the batch axis, integers"},
    {"Compress", lower_compress, 2, 2, 9, "Gather", "the batch axis; conditions that the network computes"},
    {"ConvInteger", lower_conv_integer, 2, 4, 10, "as Conv", "as Conv"},
    {"Cos", lower_unary, 1, 1, 7, "Unary", ""},
    {"Cosh", lower_unary, 1, 1, 9, "Unary", ""},
    {"CumSum", lower_cum_sum, 2, 2, 11, "CumulativeSum", "the batch axis; exclusive sums of integers"},
    {"DynamicQuantizeLinear", lower_dynamic_quantize_linear, 1, 1, 11, "Reduce, Binary, Unary, Cast", ""},
    {"Einsum", lower_einsum, 1, SIZE_MAX, 12, "Reduce, Transpose, MatrixMultiply", "ellipses, diagonals, integers"},
    {"GatherElements", lower_gather_elements, 2, 2, 11, "GatherElements", "the batch axis"},
    {"GatherND", lower_gather_nd, 2, 2, 11, "Gather", "the batch axis, batch_dims"},
    {"GlobalMaxPool", lower_global_pool, 1, 1, 1, "Reduce", ""},
    {"GridSample", lower_grid_sample, 2, 2, 16, "GridSample", "three dimensions"},
    {"GroupNormalization", lower_group_normalization, 3, 3, 18, "Reduce, Binary, Unary",
     "scales that the network computes"},
    {"HardSigmoid", lower_hard_sigmoid, 1, 1, 1, "Binary, Unary", ""},
    {"HardSwish", lower_hard_swish, 1, 1, 14, "Binary, Unary", ""},
    {"Hardmax", lower_hardmax, 1, 1, 1, "TopK, OneHot", "the batch axis"},
    {"IsInf", lower_is_inf, 1, 1, 10, "Unary, Binary", ""},
    {"IsNaN", lower_is_nan, 1, 1, 9, "Binary", ""},
    {"LRN", lower_lrn, 1, 1, 1, "Pool, Binary", ""},
    {"LogSoftmax", lower_log_softmax, 1, 1, 1, "Reduce, Binary, Unary", ""},
    {"LpNormalization", lower_lp_normalization, 1, 1, 1, "Reduce, Binary, Unary", "the batch axis"},
    {"LpPool", lower_lp_pool, 1, 1, 1, "Unary, Binary, Pool", "ceil_mode; three dimensions"},
    {"MatMulInteger", lower_mat_mul_integer, 2, 4, 10, "as MatMul", ""},
    {"MeanVarianceNormalization", lower_mean_variance_normalization, 1, 1, 9, "Reduce, Binary, Unary",
     "the batch axis, which is one of the default"},
    {"Mish", lower_mish, 1, 1, 18, "Binary, Unary", ""},
    {"NonZero", lower_non_zero, 1, 1, 9, "a constant", "of what the network computes"},
    {"Not", lower_logic, 1, 1, 1, "Binary", ""},
    {"Or", lower_logic, 2, 2, 1, "Select", ""},
    {"QLinearConv", lower_qlinear_conv, 8, 9, 10, "as Conv and QuantizeLinear", "as Conv"},
    {"QLinearMatMul", lower_qlinear_mat_mul, 8, 8, 10, "as MatMul and QuantizeLinear", ""},
    {"QuantizeLinear", lower_quantize_linear, 2, 3, 10, "Binary, Unary, Cast", "types but int8 and uint8; blocks"},
    {"RMSNormalization", lower_rms_normalization, 2, 2, 23, "Reduce, Binary, Unary", ""},
    {"ReduceL1", lower_reduce, 1, 2, 1, "Binary, Reduce, Unary", "the batch axis"},
    {"ReduceLogSum", lower_reduce, 1, 2, 1, "Binary, Reduce, Unary", "the batch axis"},
    {"ReduceLogSumExp", lower_reduce_log_sum_exp, 1, 2, 1, "Binary, Reduce, Unary", "the batch axis"},
    {"ReduceSumSquare", lower_reduce, 1, 2, 1, "Binary, Reduce, Unary", "the batch axis"},
    {"Scatter", lower_scatter_elements, 3, 3, 9, "ScatterElements", "the batch axis"},
    {"ScatterElements", lower_scatter_elements, 3, 3, 11, "ScatterElements", "the batch axis"},
    {"ScatterND", lower_scatter_nd, 3, 3, 11, "ScatterElements", "the batch axis"},
    {"Selu", lower_selu, 1, 1, 1, "Binary, Unary", ""},
    {"Shrink", lower_shrink, 1, 1, 9, "Binary, Select", "integers"},
    {"Sin", lower_unary, 1, 1, 7, "Unary", ""},
    {"Sinh", lower_unary, 1, 1, 9, "Unary", ""},
    {"Size", lower_size, 1, 1, 1, "sizes", ""},
    {"Softsign", lower_softsign, 1, 1, 1, "Binary, Unary", ""},
    {"SpaceToDepth", lower_space_to_depth, 1, 1, 1, "Transpose", ""},
    {"Swish", lower_swish, 1, 1, 24, "Binary, Unary", ""},
    {"Tan", lower_unary, 1, 1, 7, "Unary", ""},
    {"ThresholdedRelu", lower_thresholded_relu, 1, 1, 10, "Binary, Select", ""},
    {"TopK", lower_top_k, 2, 2, 1, "TopK, GatherElements", "the batch axis; counts that the network computes"},
    {"Trilu", lower_trilu, 1, 2, 14, "Select", "sizes that depend on the batch"},
    {"Xor", lower_logic, 2, 2, 1, "Binary", ""},
};
static_assert(std::ranges::is_sorted(rare, {}, &OnnxOp::op_type));

} // namespace

std::span<const OnnxOp> rare_onnx_ops() {
  return rare;
}

bool has_rare_parts() {
  return true;
}

} // namespace ganlet
