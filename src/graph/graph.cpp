#include "graph/graph.h"

#include "core/checked.h"
#include "core/text.h"

namespace ganlet {

Result<Shape> resolve(const SymbolicShape& shape, std::int64_t batch, const Limits& limits, std::string_view place) {
  std::vector<std::int64_t> sizes;
  for (const Dim dim : shape) {
    const auto size = dim.per_batch ? checked_multiply(dim.count, batch) : dim.count;
    if (!size)
      return fail(ErrorCode::limit_exceeded, std::string(place),
                  concat("size ", dim.count, " times batch ", batch, " overflows"));
    sizes.push_back(*size);
  }
  return Shape::make(sizes, limits, place);
}

int memory_axis(const Value& value, int axis) {
  static constexpr int channels_first[4] = {0, 3, 1, 2};
  return value.channels_last ? channels_first[axis] : axis;
}

SymbolicShape file_shape(const Value& value) {
  SymbolicShape out;
  for (std::size_t axis = 0; axis < value.shape.size(); ++axis)
    out.push_back(value.shape[static_cast<std::size_t>(memory_axis(value, static_cast<int>(axis)))]);
  return out;
}

const Value& Graph::input(std::size_t index) const {
  return values[static_cast<std::size_t>(inputs[index])];
}

const Value& Graph::output(std::size_t index) const {
  return values[static_cast<std::size_t>(outputs[index])];
}

const Tensor* Graph::constant_of(ValueId id) const {
  if (id == no_value)
    return nullptr;
  const auto& index = values[id].constant;
  return index ? &constants[*index] : nullptr;
}

Graph Graph::clone() const {
  Graph copy{values, {}, nodes, inputs, outputs, seeds};
  for (const Tensor& constant : constants)
    copy.constants.push_back(constant.clone());
  return copy;
}

bool Graph::has_batch() const {
  for (const ValueId id : inputs)
    if (!values[id].shape.empty() && values[id].shape[0].per_batch)
      return true;
  return false;
}

std::int64_t parameters_of(const Graph& graph) {
  std::int64_t count = 0;
  for (const Tensor& constant : graph.constants)
    if (constant.type() == DataType::float32 || constant.type() == DataType::int8)
      count += constant.shape().elements();
  return count;
}

namespace {

/// The number of elements for a batch, saturated at the largest int64.
std::int64_t elements_of(const SymbolicShape& shape, std::int64_t batch) {
  std::int64_t elements = 1;
  for (const Dim dim : shape)
    for (const std::int64_t factor : {dim.count, dim.per_batch ? batch : 1}) {
      const auto product = checked_multiply(elements, factor);
      if (!product)
        return std::numeric_limits<std::int64_t>::max();
      elements = *product;
    }
  return elements;
}

/// Multiply-adds per element of the output; 0 for operations that aren't linear.
std::int64_t multiply_adds_per_output(const Graph& graph, const Node& node) {
  if (std::holds_alternative<op::MatrixMultiply>(node.operation))
    return graph.values[node.inputs[0]].shape.back().count;
  if (std::holds_alternative<op::FullyConnected>(node.operation) ||
      std::holds_alternative<op::Convolution>(node.operation)) {
    const SymbolicShape& shape = graph.values[node.inputs[1]].shape;
    return elements_of({shape.begin() + 1, shape.end()}, 1);
  }
  return 0;
}

} // namespace

std::int64_t multiply_adds_of(const Graph& graph, const Node& node, std::int64_t batch) {
  std::int64_t each = multiply_adds_per_output(graph, node);
  std::int64_t elements = elements_of(graph.values[node.output].shape, batch);
  // A transposed convolution spreads each input element over the O/groups kernels of its group.
  if (std::holds_alternative<op::TransposedConvolution>(node.operation)) {
    const SymbolicShape& shape = graph.values[node.inputs[1]].shape; // (O, kh, kw, I/groups)
    each =
        elements_of({shape.begin(), shape.end() - 1}, 1) / std::get<op::TransposedConvolution>(node.operation).groups;
    elements = elements_of(graph.values[node.inputs[0]].shape, batch);
  }
  const auto product = checked_multiply(each, elements);
  return product ? *product : std::numeric_limits<std::int64_t>::max();
}

std::int64_t multiply_adds_of(const Graph& graph, std::int64_t batch) {
  std::int64_t sum = 0;
  for (const Node& node : graph.nodes) {
    const auto next = checked_add(sum, multiply_adds_of(graph, node, batch));
    if (!next)
      return std::numeric_limits<std::int64_t>::max();
    sum = *next;
  }
  return sum;
}

} // namespace ganlet
