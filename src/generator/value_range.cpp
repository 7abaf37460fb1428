#include "generator/value_range.h"

#include <algorithm>
#include <cmath>

#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

/// Generators end in a bound followed by a few ops of arithmetic and layout; ops further back don't affect the range.
constexpr int deepest = 16;

std::optional<ValueRange> range_of(const Graph& graph, ValueId value, int depth);

std::optional<ValueRange> finite(float low, float high) {
  if (!std::isfinite(low) || !std::isfinite(high) || low >= high)
    return std::nullopt;
  return ValueRange{low, high};
}

/// The constant as one number, or empty.
std::optional<float> number_of(const Graph& graph, ValueId value) {
  const Tensor* constant = graph.constant_of(value);
  if (!constant || constant->type() != DataType::float32 || constant->shape().elements() != 1)
    return std::nullopt;
  return constant->as<float>()[0];
}

std::optional<float> apply(op::BinaryKind kind, float a, float b) {
  switch (kind) {
  case op::BinaryKind::add:
    return a + b;
  case op::BinaryKind::subtract:
    return a - b;
  case op::BinaryKind::multiply:
    return a * b;
  case op::BinaryKind::divide:
    return a / b;
  default:
    return std::nullopt;
  }
}

std::optional<ValueRange> range_of_arithmetic(const Graph& graph, const Node& node, op::BinaryKind kind, int depth) {
  const std::optional<float> left = number_of(graph, node.inputs[0]);
  const std::optional<float> right = number_of(graph, node.inputs[1]);
  if (left.has_value() == right.has_value() || (left && kind == op::BinaryKind::divide))
    return std::nullopt;
  const std::optional<ValueRange> range = range_of(graph, node.inputs[left ? 1 : 0], depth + 1);
  if (!range)
    return std::nullopt;
  const std::optional<float> low = apply(kind, left.value_or(range->low), right.value_or(range->low));
  const std::optional<float> high = apply(kind, left.value_or(range->high), right.value_or(range->high));
  if (!low || !high)
    return std::nullopt;
  return finite(std::min(*low, *high), std::max(*low, *high));
}

struct RangeOfNode {
  const Graph& graph;
  const Node& node;
  int depth;

  std::optional<ValueRange> same() const { return range_of(graph, node.inputs[0], depth + 1); }

  std::optional<ValueRange> operator()(const op::Unary& unary) const {
    if (unary.kind == op::UnaryKind::tanh)
      return ValueRange{-1, 1};
    if (unary.kind == op::UnaryKind::sigmoid)
      return ValueRange{0, 1};
    if (unary.kind == op::UnaryKind::clamp)
      return finite(unary.a, unary.b);
    return std::nullopt;
  }
  std::optional<ValueRange> operator()(const op::Binary& binary) const {
    return range_of_arithmetic(graph, node, binary.kind, depth);
  }
  std::optional<ValueRange> operator()(const op::FullyConnected& linear) const {
    return finite(linear.clamp.low, linear.clamp.high);
  }
  std::optional<ValueRange> operator()(const op::Convolution& linear) const {
    return finite(linear.clamp.low, linear.clamp.high);
  }
  std::optional<ValueRange> operator()(const op::TransposedConvolution& linear) const {
    return finite(linear.clamp.low, linear.clamp.high);
  }
  std::optional<ValueRange> operator()(const op::Cast&) const {
    const bool is_whole = has_rare_parts() && graph.values[node.inputs[0]].type == DataType::int64;
    return is_whole ? std::optional(ValueRange{0, 255}) : std::nullopt;
  }
  std::optional<ValueRange> operator()(const op::Reshape&) const { return same(); }
  std::optional<ValueRange> operator()(const op::Transpose&) const { return same(); }
  std::optional<ValueRange> operator()(const op::Slice&) const { return same(); }
  std::optional<ValueRange> operator()(const op::Resize&) const { return same(); }
  std::optional<ValueRange> operator()(const op::DepthToSpace&) const { return same(); }
  template <typename Other> std::optional<ValueRange> operator()(const Other&) const { return std::nullopt; }
};

std::optional<ValueRange> range_of(const Graph& graph, ValueId value, int depth) {
  if (depth > deepest)
    return std::nullopt;
  for (const Node& node : graph.nodes)
    if (node.output == value)
      return std::visit(RangeOfNode{graph, node, depth}, node.operation);
  return std::nullopt;
}

} // namespace

std::optional<ValueRange> value_range_of(const Graph& graph, ValueId value) {
  return range_of(graph, value, 0);
}

std::optional<ValueRange> known_range(const ModelDescription& description, const Graph& graph, ValueId value) {
  return description.value_range ? description.value_range : value_range_of(graph, value);
}

} // namespace ganlet
