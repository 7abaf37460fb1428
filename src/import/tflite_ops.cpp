#include <algorithm>

#include "import/tflite_network.h"

namespace ganlet::importing::tflite {

namespace {

/// BuiltinOperator of TensorFlow Lite's schema.
constexpr OpKind kinds[] = {
    {0, "ADD", convert_binary, "Add"},
    {1, "AVERAGE_POOL_2D", convert_pool, "AveragePool"},
    {2, "CONCATENATION", convert_concatenation, "Concat"},
    {3, "CONV_2D", convert_convolution, "Conv"},
    {4, "DEPTHWISE_CONV_2D", convert_convolution, "Conv"},
    {5, "DEPTH_TO_SPACE", convert_depth_to_space},
    {6, "DEQUANTIZE", convert_identity},
    {7, "EMBEDDING_LOOKUP", convert_gather},
    {8, "FLOOR", convert_unary, "Floor"},
    {9, "FULLY_CONNECTED", convert_fully_connected, "Gemm"},
    {11, "L2_NORMALIZATION", convert_normalization},
    {14, "LOGISTIC", convert_unary, "Sigmoid"},
    {17, "MAX_POOL_2D", convert_pool, "MaxPool"},
    {18, "MUL", convert_binary, "Mul"},
    {19, "RELU", convert_unary, "Relu"},
    {20, "RELU_N1_TO_1", convert_parametric},
    {21, "RELU6", convert_parametric},
    {22, "RESHAPE", convert_reshape},
    {23, "RESIZE_BILINEAR", convert_resize},
    {25, "SOFTMAX", convert_softmax},
    {26, "SPACE_TO_DEPTH", convert_space_to_depth},
    {28, "TANH", convert_unary, "Tanh"},
    {34, "PAD", convert_pad},
    {36, "GATHER", convert_gather},
    {39, "TRANSPOSE", convert_transpose},
    {40, "MEAN", convert_reduce, "ReduceMean"},
    {41, "SUB", convert_binary, "Sub"},
    {42, "DIV", convert_binary, "Div"},
    {43, "SQUEEZE", convert_reshape},
    {45, "STRIDED_SLICE", convert_strided_slice},
    {47, "EXP", convert_unary, "Exp"},
    {49, "SPLIT", convert_split},
    {50, "LOG_SOFTMAX", convert_softmax},
    {53, "CAST", convert_cast},
    {54, "PRELU", convert_prelu},
    {55, "MAXIMUM", convert_binary, "Max"},
    {56, "ARG_MAX", convert_arg, "ArgMax"},
    {57, "MINIMUM", convert_binary, "Min"},
    {58, "LESS", convert_compare, "Less"},
    {59, "NEG", convert_unary, "Neg"},
    {60, "PADV2", convert_pad},
    {61, "GREATER", convert_compare, "Greater"},
    {62, "GREATER_EQUAL", convert_compare, "GreaterOrEqual"},
    {63, "LESS_EQUAL", convert_compare, "LessOrEqual"},
    {64, "SELECT", convert_select},
    {65, "SLICE", convert_slice},
    {66, "SIN", convert_unary, "Sin"},
    {67, "TRANSPOSE_CONV", convert_transposed_convolution, "ConvTranspose"},
    {69, "TILE", convert_tile},
    {70, "EXPAND_DIMS", convert_reshape},
    {71, "EQUAL", convert_compare, "Equal"},
    {72, "NOT_EQUAL", convert_compare, "Equal"},
    {73, "LOG", convert_unary, "Log"},
    {74, "SUM", convert_reduce, "ReduceSum"},
    {75, "SQRT", convert_unary, "Sqrt"},
    {76, "RSQRT", convert_parametric},
    {77, "SHAPE", convert_shape},
    {78, "POW", convert_binary, "Pow"},
    {79, "ARG_MIN", convert_arg, "ArgMin"},
    {81, "REDUCE_PROD", convert_reduce, "ReduceProd"},
    {82, "REDUCE_MAX", convert_reduce, "ReduceMax"},
    {83, "PACK", convert_pack},
    {84, "LOGICAL_OR", convert_compare, "Or"},
    {85, "ONE_HOT", convert_one_hot},
    {86, "LOGICAL_AND", convert_compare, "And"},
    {87, "LOGICAL_NOT", convert_unary, "Not"},
    {88, "UNPACK", convert_unpack},
    {89, "REDUCE_MIN", convert_reduce, "ReduceMin"},
    {92, "SQUARE", convert_parametric},
    {93, "ZEROS_LIKE", convert_fill},
    {94, "FILL", convert_fill},
    {97, "RESIZE_NEAREST_NEIGHBOR", convert_resize},
    {98, "LEAKY_RELU", convert_parametric},
    {99, "SQUARED_DIFFERENCE", convert_binary, "Sub"},
    {100, "MIRROR_PAD", convert_pad},
    {101, "ABS", convert_unary, "Abs"},
    {102, "SPLIT_V", convert_split},
    {104, "CEIL", convert_unary, "Ceil"},
    {105, "REVERSE_V2", convert_reverse},
    {106, "ADD_N", convert_binary, "Add"},
    {108, "COS", convert_unary, "Cos"},
    {111, "ELU", convert_unary, "Elu"},
    {114, "QUANTIZE", convert_identity},
    {116, "ROUND", convert_unary, "Round"},
    {117, "HARD_SWISH", convert_parametric},
    {123, "SELECT_V2", convert_select},
    {126, "BATCH_MATMUL", convert_matrix_product},
    {130, "BROADCAST_TO", convert_broadcast},
    {150, "GELU", convert_parametric},
    {152, "RELU_0_TO_1", convert_parametric},
    {158, "SIGN", convert_unary, "Sign"},
};
static_assert(std::ranges::is_sorted(kinds, {}, &OpKind::code));

} // namespace

std::span<const OpKind> op_kinds() {
  return kinds;
}

const OpKind* find_op_kind(std::int64_t code) {
  const auto* const found = std::ranges::lower_bound(kinds, code, {}, &OpKind::code);
  return found != std::end(kinds) && found->code == code ? found : nullptr;
}

} // namespace ganlet::importing::tflite
