// The pass that keeps images as (N,H,W,C) from one operation to the next.
//
// Lowering puts a Transpose before and after every operation on images, since everything else has the axes in the
// file's order. This pass postpones the Transpose after an operation: in the new graph its output is represented by the
// images before it, marked channels_last. Elementwise and similar operations keep the layout of what they read, with
// their axes renumbered, so that most Transposes meet their inverse. If a fully connected operation makes or reads
// images, its constants are reordered instead.

#include <algorithm>
#include <cstring>
#include <optional>

#include "graph/passes.h"
#include "graph/weights.h"

namespace ganlet {

namespace {

bool is_elementwise(const op::Any& operation) {
  return std::holds_alternative<op::Unary>(operation) || std::holds_alternative<op::Binary>(operation);
}

/// Whether an operation can run in either layout if its axes are renumbered.
bool follows_layout(const op::Any& operation) {
  return is_elementwise(operation) || std::holds_alternative<op::Select>(operation) ||
         std::holds_alternative<op::Cast>(operation) || std::holds_alternative<op::Softmax>(operation) ||
         std::holds_alternative<op::Reduce>(operation) || std::holds_alternative<op::Concat>(operation) ||
         std::holds_alternative<op::Slice>(operation) || std::holds_alternative<op::Pad>(operation);
}

template <typename T> std::vector<T> in_memory(const std::vector<T>& by_file_axis) {
  std::vector<T> out;
  for (const int axis : channels_last_order)
    out.push_back(by_file_axis[static_cast<std::size_t>(axis)]);
  return out;
}

/// An operation on (N,C,H,W), rewritten for (N,H,W,C).
op::Any renumbered(op::Any operation) {
  const auto move = [](int& axis) { axis = channels_first_order[axis]; };
  if (auto* softmax = std::get_if<op::Softmax>(&operation))
    move(softmax->axis);
  if (auto* concat = std::get_if<op::Concat>(&operation))
    move(concat->axis);
  if (auto* reduce = std::get_if<op::Reduce>(&operation)) {
    std::ranges::for_each(reduce->axes, move);
    std::ranges::make_heap(reduce->axes); // not std::sort, which is more code (see memory_plan.cpp)
    std::ranges::sort_heap(reduce->axes);
  }
  if (auto* slice = std::get_if<op::Slice>(&operation)) {
    slice->starts = in_memory(slice->starts);
    slice->steps = in_memory(slice->steps);
  }
  if (auto* pad = std::get_if<op::Pad>(&operation))
    pad->before = in_memory(pad->before);
  return operation;
}

/// Whether a node only changes the layout of images. If that moves no element, the node may be a Reshape.
bool changes_layout(const Graph& graph, const Node& node, bool to_last) {
  const Value& input = graph.values[node.inputs[0]];
  const Value& output = graph.values[node.output];
  if (input.channels_last == output.channels_last || output.channels_last != to_last)
    return false;
  if (const auto* transpose = std::get_if<op::Transpose>(&node.operation))
    return std::ranges::equal(transpose->permutation, to_last ? channels_last_order : channels_first_order);
  if (!std::holds_alternative<op::Reshape>(node.operation) || input.shape.size() != 4)
    return false;
  const SymbolicShape shape = file_shape(input);
  const Dim one{1, false};
  return shape == file_shape(output) && (shape[1] == one || (shape[2] == one && shape[3] == one));
}

/// For each value, whether it is read as images: by an operation on images, or by an operation that keeps the layout on
/// the way to one.
std::vector<bool> read_as_images(const Graph& graph) {
  std::vector<bool> wanted(graph.values.size());
  for (std::size_t n = graph.nodes.size(); n-- > 0;) {
    const Node& node = graph.nodes[n];
    if (changes_layout(graph, node, true) || (wanted[node.output] && follows_layout(node.operation)))
      for (const ValueId id : node.inputs)
        if (graph.values[id].shape.size() == 4 && !graph.values[id].channels_last)
          wanted[id] = true;
  }
  return wanted;
}

/// The rows (axis 0) of a constant in another order, together with their scales.
Tensor reordered_rows(const Tensor& tensor, std::span<const std::int64_t> order) {
  Tensor out = tensor.clone();
  const std::size_t width = order.empty() ? 0 : tensor.bytes() / order.size();
  const auto* from = static_cast<const std::byte*>(tensor.view().data);
  auto* to = static_cast<std::byte*>(out.view().data);
  for (std::size_t row = 0; row < order.size(); ++row) {
    std::memcpy(to + row * width, from + static_cast<std::size_t>(order[row]) * width, width);
    if (!tensor.scale.empty())
      out.scale[row] = tensor.scale[static_cast<std::size_t>(order[row])];
  }
  return out;
}

/// The constant operand of an elementwise op, reordered like the columns of its other operand; no_value if its shape
/// isn't (K) or (1,K). A single element serves every column.
Result<ValueId> reordered_operand(Builder& builder, ValueId id, std::span<const std::int64_t> order) {
  const Tensor* constant = builder.constant_of(id);
  if (!constant)
    return no_value;
  if (constant->shape().elements() == 1)
    return id;
  if (constant->shape().elements() != static_cast<std::int64_t>(order.size()) ||
      builder.shape(id).back().count != constant->shape().elements())
    return no_value;
  return builder.constant(reordered_rows(*constant, order));
}

/// The index of the only operand of an elementwise op that isn't a constant; empty if there isn't exactly one.
std::optional<std::size_t> only_variable(const Builder& builder, const Node& node) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (builder.constant_of(node.inputs[i]))
      continue;
    if (found)
      return std::nullopt;
    found = i;
  }
  return found;
}

/// The most elementwise ops to look through: no real network has more, and this bounds the recursion.
constexpr int deepest = 16;

/// x, of shape (M,K) and made by a fully connected op followed by elementwise ops with constants, with its K columns in
/// another order: column k is the old column order[k]. no_value if x was made in another way.
Result<ValueId> with_reordered_columns(Builder& builder, ValueId x, std::span<const std::int64_t> order, int depth) {
  const Node* made_by = builder.producer(x);
  if (!made_by || builder.rank(x) != 2 || depth == 0)
    return no_value;
  const op::Any operation = made_by->operation;
  std::vector<ValueId> inputs = made_by->inputs;
  if (std::holds_alternative<op::FullyConnected>(operation)) {
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      GANLET_TRY(inputs[i], builder.constant(reordered_rows(*builder.constant_of(inputs[i]), order)));
    }
  } else if (const auto variable = only_variable(builder, *made_by); variable && is_elementwise(operation)) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      GANLET_TRY(inputs[i], i == *variable ? with_reordered_columns(builder, inputs[i], order, depth - 1)
                                           : reordered_operand(builder, inputs[i], order));
      if (inputs[i] == no_value)
        return no_value;
    }
  } else {
    return no_value;
  }
  return builder.emit(operation, std::move(inputs), builder.value(x).type, SymbolicShape(builder.shape(x)));
}

/// x, of shape (N,C,H,W), as (N,H,W,C) without moving an element at run time: x must reshape the columns of a fully
/// connected op, perhaps with elementwise ops in between. no_value if x was made in another way.
Result<ValueId> images_by_constants(Builder& builder, ValueId x) {
  const Node* made_by = builder.producer(x);
  if (!made_by || !std::holds_alternative<op::Reshape>(made_by->operation))
    return no_value;
  const ValueId columns = made_by->inputs[0];
  const SymbolicShape shape = builder.shape(x);
  const bool splits_columns = builder.rank(columns) == 2 && builder.shape(columns)[0] == shape[0] &&
                              is_concrete({shape.begin() + 1, shape.end()});
  if (!splits_columns || builder.value(columns).type != DataType::float32)
    return no_value;
  // An empty batch has no elements, whatever the size of an image.
  const auto image_elements = builder.product(std::span(shape).subspan(1));
  if (!image_elements || *image_elements != builder.shape(columns)[1])
    return no_value;
  const std::int64_t channels = shape[1].count, pixels = shape[2].count * shape[3].count;
  std::vector<std::int64_t> order;
  for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
    for (std::int64_t channel = 0; channel < channels; ++channel)
      order.push_back(channel * pixels + pixel);
  GANLET_TRY(const ValueId reordered, with_reordered_columns(builder, columns, order, deepest));
  if (reordered == no_value)
    return no_value;
  return builder.reshape(reordered, {shape[0], shape[2], shape[3], shape[1]}, true);
}

/// If a fully connected op reads images flattened in the file's order, lets it read them in their order in memory and
/// reorders the columns of its weights.
Result<void> read_images(Builder& builder, std::vector<ValueId>& inputs) {
  const Node* flatten = builder.producer(inputs[0]);
  if (!flatten || !std::holds_alternative<op::Reshape>(flatten->operation))
    return {};
  const Node* order = builder.producer(flatten->inputs[0]);
  const auto* transpose = order ? std::get_if<op::Transpose>(&order->operation) : nullptr;
  if (!transpose || !std::ranges::equal(transpose->permutation, channels_first_order))
    return {};
  const ValueId image = order->inputs[0];
  const SymbolicShape shape = builder.shape(image), flat = builder.shape(inputs[0]);
  if (shape[1].per_batch || shape[2].per_batch || shape[3].per_batch || shape[0] != flat[0])
    return {};
  Tensor weights = builder.constant_of(inputs[1])->clone();
  const std::int64_t outputs = weights.shape()[0], depth = weights.shape()[1];
  Tensor columns = permuted(std::move(weights).reshaped(Shape{outputs, shape[3].count, shape[1].count, shape[2].count}),
                            channels_last_order);
  GANLET_TRY(inputs[1], builder.constant(std::move(columns).reshaped(Shape{outputs, depth})));
  GANLET_TRY(inputs[0], builder.reshape(image, flat));
  return {};
}

class ChannelsLast final : public Pass {
 public:
  explicit ChannelsLast(const Graph& graph) : graph_(graph), wanted_(read_as_images(graph)) {}

  Result<ValueId> rewrite(Builder& builder, const Node& node, std::vector<ValueId> inputs) override {
    const Value& output = graph_.values[node.output];
    if (changes_layout(graph_, node, false))
      return inputs[0]; // postponed
    if (changes_layout(graph_, node, true))
      return builder.images(inputs[0]);
    if (const auto* transpose = std::get_if<op::Transpose>(&node.operation))
      return transposed(builder, *transpose, node, inputs[0]);
    if (follows_layout(node.operation) && output.shape.size() == 4 && takes_images(builder, inputs)) {
      for (ValueId& id : inputs) {
        GANLET_TRY(id, builder.images(id));
      }
      return builder.emit(renumbered(node.operation), std::move(inputs), output.type, in_memory(output.shape), true);
    }
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i] != no_value && !graph_.values[node.inputs[i]].channels_last) {
        GANLET_TRY(inputs[i], builder.plain(inputs[i]));
      }
    if (std::holds_alternative<op::Reshape>(node.operation))
      return reshaped(builder, node, inputs[0]);
    if (std::holds_alternative<op::FullyConnected>(node.operation))
      GANLET_CHECK(read_images(builder, inputs));
    return builder.emit(node.operation, std::move(inputs), output.type, output.shape, output.channels_last);
  }

 private:
  static bool takes_images(const Builder& builder, std::span<const ValueId> inputs) {
    return std::ranges::all_of(inputs, [&](ValueId id) { return builder.rank(id) == 4; }) &&
           std::ranges::any_of(inputs, [&](ValueId id) { return builder.value(id).channels_last; });
  }

  Result<ValueId> transposed(Builder& builder, const op::Transpose& transpose, const Node& node, ValueId x) const {
    std::vector<int> permutation = transpose.permutation;
    if (!graph_.values[node.inputs[0]].channels_last)
      for (int& axis : permutation)
        axis = memory_axis(builder.value(x), axis);
    return builder.transpose(x, std::move(permutation), graph_.values[node.output].channels_last);
  }

  Result<ValueId> reshaped(Builder& builder, const Node& node, ValueId x) const {
    const Value& output = graph_.values[node.output];
    GANLET_TRY(const ValueId made, builder.reshape(x, output.shape, output.channels_last));
    if (!wanted_[node.output])
      return made;
    GANLET_TRY(const ValueId images, images_by_constants(builder, made));
    return images == no_value ? made : images;
  }

  const Graph& graph_;
  std::vector<bool> wanted_; ///< by ValueId
};

} // namespace

Result<Graph> lay_channels_last(Graph graph, const LowerOptions& options, Budget& budget) {
  ChannelsLast pass(graph);
  return rewritten(graph, options, budget, pass);
}

} // namespace ganlet
