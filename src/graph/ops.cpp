#include "graph/ops.h"

#include <array>

namespace ganlet::op {

namespace {

constexpr std::array<Row, std::variant_size_v<Any>> rows{{
    {"FullyConnected", "fully_connected", 2, 3, true},
    {"Convolution", "convolution", 2, 3, true},
    {"TransposedConvolution", "transposed_convolution", 2, 3, true},
    {"MatrixMultiply", "matrix_multiply", 2, 2, true},
    {"Unary", "unary", 1, 1, true},
    {"Binary", "binary", 2, 2, true},
    {"Softmax", "softmax", 1, 1, true},
    {"Reduce", "reduce", 1, 1, true},
    {"Reshape", "reshape", 1, 1, true},
    {"Transpose", "transpose", 1, 1, true},
    {"Concat", "concat", 1, SIZE_MAX, true},
    {"Slice", "slice", 1, 1, true},
    {"Pad", "pad", 1, 1, true},
    {"Resize", "resize", 1, 1, true},
    {"DepthToSpace", "depth_to_space", 1, 1, true},
    {"Pool", "pool", 1, 1, true},
    {"Gather", "gather", 2, 2, false},
    {"Expand", "expand", 1, 1, false},
    {"Tile", "tile", 1, 1, false},
    {"Select", "select", 3, 3, false},
    {"OneHot", "one_hot", 2, 2, false},
    {"Cast", "cast", 1, 1, false},
    {"GatherElements", "gather_elements", 2, 2, false},
    {"ScatterElements", "scatter_elements", 3, 3, false},
    {"TopK", "top_k", 1, 1, false},
    {"CumulativeSum", "cumulative_sum", 1, 1, false},
    {"GridSample", "grid_sample", 2, 2, false},
    {"Random", "random", 1, 1, false},
}};

constexpr std::string_view unary_names[] = {
    "Abs",        "Clamp",   "Elu",      "Erf",   "Exp",   "Gelu",  "GeluTanh", "LeakyRelu", "Log",  "Neg",
    "Reciprocal", "Sigmoid", "Softplus", "Sqrt",  "Tanh",  "Acos",  "Asin",     "Atan",      "Ceil", "Cos",
    "Floor",      "Cosh",    "Sinh",     "Acosh", "Asinh", "Atanh", "Round",    "Sign",      "Sin",  "Tan"};
constexpr std::string_view binary_names[] = {
    "Add", "Div",  "Equal",       "Max",        "Min",       "Mod",        "Mul",       "Pow",       "PRelu",
    "Sub", "Less", "LessOrEqual", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "ShiftLeft", "ShiftRight"};

} // namespace

Row names_of(const Any& operation) {
  Row row = rows[operation.index()];
  if (const auto* unary = std::get_if<Unary>(&operation))
    row.name = unary_names[static_cast<std::size_t>(unary->kind)];
  if (const auto* binary = std::get_if<Binary>(&operation))
    row.name = binary_names[static_cast<std::size_t>(binary->kind)];
  return row;
}

std::span<const Row> table() {
  return rows;
}

} // namespace ganlet::op
