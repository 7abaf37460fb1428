#include "graph/ops.h"

#include <array>

namespace ganlet::op {

namespace {

constexpr std::array<Names, std::variant_size_v<Any>> rows{{
    {"FullyConnected", "fully_connected"},
    {"Convolution", "convolution"},
    {"TransposedConvolution", "transposed_convolution"},
    {"MatrixMultiply", "matrix_multiply"},
    {"Unary", "unary"},
    {"Binary", "binary"},
    {"Softmax", "softmax"},
    {"Reduce", "reduce"},
    {"Reshape", "reshape"},
    {"Transpose", "transpose"},
    {"Concat", "concat"},
    {"Slice", "slice"},
    {"Pad", "pad"},
    {"Resize", "resize"},
    {"DepthToSpace", "depth_to_space"},
    {"Pool", "pool"},
    {"Gather", "gather"},
    {"Expand", "expand"},
    {"Tile", "tile"},
    {"Select", "select"},
    {"OneHot", "one_hot"},
    {"Cast", "cast"},
}};

constexpr std::string_view unary_names[] = {"Abs",        "Clamp",    "Elu",       "Erf",  "Exp",
                                            "Gelu",       "GeluTanh", "LeakyRelu", "Log",  "Neg",
                                            "Reciprocal", "Sigmoid",  "Softplus",  "Sqrt", "Tanh"};
constexpr std::string_view binary_names[] = {"Add", "Div", "Equal", "Max", "Min", "Mod", "Mul", "Pow", "PRelu", "Sub"};

} // namespace

Names names_of(const Any& operation) {
  Names names = rows[operation.index()];
  if (const auto* unary = std::get_if<Unary>(&operation))
    names.name = unary_names[static_cast<std::size_t>(unary->kind)];
  if (const auto* binary = std::get_if<Binary>(&operation))
    names.name = binary_names[static_cast<std::size_t>(binary->kind)];
  return names;
}

std::span<const Names> all_names() {
  return rows;
}

} // namespace ganlet::op
