#include "graph/builder.h"

#include <algorithm>

#include "core/checked.h"
#include "core/text.h"

namespace ganlet {

bool is_concrete(const SymbolicShape& shape) {
  return std::ranges::none_of(shape, [](Dim dim) { return dim.per_batch; });
}

Result<Dim> Builder::product(std::span<const Dim> sizes) const {
  Dim product{1, false};
  for (const Dim size : sizes) {
    if (product.per_batch && size.per_batch)
      return error("a size grows with the square of the batch");
    const auto count = checked_multiply(product.count, size.count);
    if (!count)
      return fail(ErrorCode::limit_exceeded, place_, "the number of elements overflows");
    product = {*count, product.per_batch || size.per_batch};
  }
  return product;
}

SymbolicShape symbolic(const Shape& shape) {
  SymbolicShape out;
  for (const std::int64_t size : shape.sizes())
    out.push_back({size, false});
  return out;
}

std::string Builder::text_of(ValueId id) const {
  std::string out = "(";
  for (int axis = 0; axis < rank(id); ++axis) {
    // In the file's order of axes, whatever the layout in memory.
    const Dim dim = shape(id)[value(id).channels_last ? channels_first_order[axis] : axis];
    out += concat(axis > 0 ? ", " : "",
                  dim.per_batch ? (dim.count == 1 ? std::string("N") : concat(dim.count, " N")) : concat(dim.count));
  }
  return out + ")";
}

Result<ValueId> Builder::add_value(DataType type, SymbolicShape shape, bool channels_last) {
  // The batch is at least 1: a shape that exceeds the limits with 1 can never run.
  GANLET_CHECK(resolve(shape, 1, limits(), place_));
  const auto id = static_cast<ValueId>(graph_.values.size());
  graph_.values.push_back({concat("value ", id), type, std::move(shape), channels_last, std::nullopt});
  producer_.push_back(-1);
  readers_.push_back(0);
  uses_.push_back(0);
  other_layout_.push_back(no_value);
  return id;
}

Result<void> Builder::take(std::int64_t units) {
  if (auto taken = budget_.take(units); !taken)
    return tl::unexpected<Error>(std::move(taken).error().within(place_));
  return {};
}

Result<void> Builder::check_constant(std::int64_t bytes) const {
  const auto all = checked_add(constant_bytes_, bytes);
  if (!all || *all > limits().constant_bytes)
    return fail(ErrorCode::limit_exceeded, place_,
                concat("constants take more than ", limits().constant_bytes, " bytes"));
  return {};
}

Result<Tensor> Builder::new_tensor(DataType type, const SymbolicShape& shape) const {
  GANLET_TRY(const Shape sizes, resolve(shape, 1, limits(), place_));
  GANLET_CHECK(check_constant(sizes.elements() * static_cast<std::int64_t>(bytes_of(type))));
  return Tensor(type, sizes);
}

namespace {

/// The bytes of a tensor, including the overhead (slack, name, shape) that even the smallest has.
std::int64_t bytes_held(const Tensor& tensor) {
  return static_cast<std::int64_t>(tensor.bytes()) + 512;
}

} // namespace

Result<ValueId> Builder::constant(Tensor tensor, bool channels_last) {
  GANLET_CHECK(take(bytes_held(tensor) / 4));
  return moved_constant(std::move(tensor), channels_last);
}

Result<ValueId> Builder::moved_constant(Tensor tensor, bool channels_last) {
  const std::int64_t bytes = bytes_held(tensor);
  GANLET_CHECK(check_constant(bytes));
  constant_bytes_ += bytes;
  GANLET_TRY(const ValueId id, add_value(tensor.type(), symbolic(tensor.shape()), channels_last));
  graph_.values[id].constant = static_cast<std::int32_t>(graph_.constants.size());
  graph_.constants.push_back(std::move(tensor));
  return id;
}

ValueId Builder::input(std::string name, DataType type, SymbolicShape shape) {
  const auto id = static_cast<ValueId>(graph_.values.size());
  graph_.values.push_back({std::move(name), type, std::move(shape), false, std::nullopt});
  producer_.push_back(-1);
  readers_.push_back(0);
  uses_.push_back(0);
  other_layout_.push_back(no_value);
  graph_.inputs.push_back(id);
  return id;
}

ValueId Builder::seeds() {
  if (graph_.seeds == no_value) {
    const bool has_pictures = !graph_.inputs.empty() && rank(graph_.inputs[0]) > 0;
    graph_.seeds = input("seeds", DataType::int64, {has_pictures ? shape(graph_.inputs[0])[0] : Dim{1, false}});
    graph_.inputs.pop_back();
  }
  return graph_.seeds;
}

Result<void> Builder::output(ValueId id, std::string name) {
  const auto given = [&](std::span<const ValueId> ids) { return std::ranges::find(ids, id) != ids.end(); };
  if (given(graph_.inputs) || given(graph_.outputs)) {
    const Value value = graph_.values[id];
    GANLET_TRY(id, emit(op::Reshape{}, {id}, value.type, value.shape, value.channels_last));
  }
  graph_.values[id].name = std::move(name);
  graph_.outputs.push_back(id);
  return {};
}

Result<ValueId> Builder::evaluate_now(const op::Any& operation, std::span<const ValueId> inputs, DataType type,
                                      const SymbolicShape& shape, bool channels_last) {
  GANLET_TRY(Tensor result, new_tensor(type, shape));
  std::vector<TensorView> views;
  for (const ValueId id : inputs)
    views.push_back(id == no_value ? TensorView{} : constant_of(id)->view());
  if (auto done = options_.evaluate(operation, views, result.view(), budget_); !done)
    return fail(done.error().code(), place_, done.error().message());
  return constant(std::move(result), channels_last);
}

Result<ValueId> Builder::emit(op::Any operation, std::vector<ValueId> inputs, DataType type, SymbolicShape shape,
                              bool channels_last) {
  const bool all_constant =
      std::ranges::all_of(inputs, [&](ValueId id) { return id == no_value || constant_of(id) != nullptr; });
  if (all_constant && is_concrete(shape))
    return evaluate_now(operation, inputs, type, shape, channels_last);
  if (inputs.size() == 1 && inputs[0] != no_value && value(inputs[0]).channels_last != channels_last)
    ++layout_changes_;
  else if (static_cast<std::int64_t>(graph_.nodes.size()) - layout_changes_ >= limits().nodes)
    return fail(ErrorCode::limit_exceeded, place_, concat("the network has more than ", limits().nodes, " operations"));
  GANLET_TRY(const ValueId id, add_value(type, std::move(shape), channels_last));
  producer_[id] = static_cast<std::int32_t>(graph_.nodes.size());
  for (const ValueId input : inputs)
    if (input != no_value)
      ++uses_[input];
  graph_.nodes.push_back({std::move(operation), std::move(inputs), id, place_});
  return id;
}

Result<ValueId> Builder::reshape(ValueId id, SymbolicShape shape, bool channels_last) {
  if (value(id).shape == shape && value(id).channels_last == channels_last)
    return id;
  if (const Node* before = producer(id); before && std::holds_alternative<op::Reshape>(before->operation))
    return reshape(before->inputs[0], std::move(shape), channels_last);
  return emit(op::Reshape{}, {id}, value(id).type, std::move(shape), channels_last);
}

namespace {

/// Whether a permutation leaves every element where it is: axes of size 1 may move freely.
bool moves_nothing(const SymbolicShape& shape, std::span<const int> permutation) {
  int last = -1;
  for (const int axis : permutation) {
    if (shape[axis] == Dim{1, false})
      continue;
    if (axis < last)
      return false;
    last = axis;
  }
  return true;
}

} // namespace

Result<ValueId> Builder::transpose(ValueId id, std::vector<int> permutation, bool channels_last) {
  ValueId source = id;
  // Merge consecutive transposes, looking through Reshapes that only drop the layout flag.
  for (const Node* before = producer(source); before; before = producer(source)) {
    if (const auto* first = std::get_if<op::Transpose>(&before->operation)) {
      for (int& axis : permutation)
        axis = first->permutation[axis];
    } else if (!std::holds_alternative<op::Reshape>(before->operation) || shape(before->inputs[0]) != shape(source)) {
      break;
    }
    source = before->inputs[0];
  }
  SymbolicShape out;
  for (const int axis : permutation)
    out.push_back(shape(source)[axis]);
  if (moves_nothing(shape(source), permutation))
    return reshape(source, std::move(out), channels_last);
  return emit(op::Transpose{std::move(permutation)}, {source}, value(source).type, std::move(out), channels_last);
}

Result<ValueId> Builder::in_layout(ValueId id, std::span<const int> permutation, bool channels_last) {
  if (other_layout_[id] == no_value) {
    GANLET_TRY(const ValueId made, transpose(id, {permutation.begin(), permutation.end()}, channels_last));
    other_layout_[id] = made;
  }
  return other_layout_[id];
}

Result<ValueId> Builder::plain(ValueId id) {
  return value(id).channels_last ? in_layout(id, channels_first_order, false) : Result<ValueId>(id);
}

Result<ValueId> Builder::images(ValueId id) {
  if (value(id).channels_last)
    return id;
  if (rank(id) != 4)
    return error(concat("needs an image of rank 4 (N, C, H, W), has ", text_of(id)));
  return in_layout(id, channels_last_order, true);
}

Result<void> Builder::align(std::span<ValueId> ids) {
  int highest = 0;
  for (const ValueId id : ids)
    highest = std::max(highest, rank(id));
  for (ValueId& id : ids) {
    SymbolicShape lifted(static_cast<std::size_t>(highest - rank(id)), Dim{1, false});
    lifted.insert(lifted.end(), shape(id).begin(), shape(id).end());
    GANLET_TRY(id, reshape(id, std::move(lifted)));
  }
  return {};
}

Graph Builder::finish() && {
  std::vector<bool> wanted(graph_.values.size(), false);
  for (const ValueId id : graph_.outputs)
    wanted[id] = true;
  for (const ValueId id : graph_.inputs)
    wanted[id] = true;
  std::vector<Node> nodes;
  for (std::size_t n = graph_.nodes.size(); n-- > 0;) {
    Node& node = graph_.nodes[n];
    if (!wanted[node.output])
      continue;
    for (const ValueId id : node.inputs)
      if (id != no_value)
        wanted[id] = true;
    nodes.push_back(std::move(node));
  }
  std::ranges::reverse(nodes);

  Graph out;
  std::vector<ValueId> renumbered(graph_.values.size(), no_value);
  for (std::size_t id = 0; id < graph_.values.size(); ++id) {
    if (!wanted[id])
      continue;
    renumbered[id] = static_cast<ValueId>(out.values.size());
    Value& value = out.values.emplace_back(std::move(graph_.values[id]));
    if (value.constant) {
      out.constants.push_back(std::move(graph_.constants[*value.constant]));
      value.constant = static_cast<std::int32_t>(out.constants.size()) - 1;
    }
  }
  const auto renumber = [&](ValueId& id) { id = id == no_value ? no_value : renumbered[id]; };
  for (Node& node : nodes) {
    std::ranges::for_each(node.inputs, renumber);
    renumber(node.output);
  }
  out.nodes = std::move(nodes);
  out.inputs = std::move(graph_.inputs);
  out.outputs = std::move(graph_.outputs);
  out.seeds = graph_.seeds;
  std::ranges::for_each(out.inputs, renumber);
  std::ranges::for_each(out.outputs, renumber);
  renumber(out.seeds);
  return out;
}

} // namespace ganlet
