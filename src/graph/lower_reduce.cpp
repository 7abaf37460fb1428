#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>

#include "core/text.h"
#include "graph/lower_ops.h"
#include "graph/onnx_ops.h"

namespace ganlet {

Result<ValueId> reduce(Builder& builder, op::ReduceKind kind, ValueId x, std::span<const int> axes) {
  op::Reduce operation{kind, {}};
  SymbolicShape shape = builder.shape(x);
  for (const int axis : axes) {
    if (shape[axis].per_batch)
      return builder.unsupported("can't reduce over the batch");
    operation.axes.push_back(axis);
    shape[axis] = {1, false};
  }
  std::ranges::make_heap(operation.axes); // not std::sort, which is more code (see memory_plan.cpp)
  std::ranges::sort_heap(operation.axes);
  if (operation.axes.empty())
    return x;
  return builder.emit(std::move(operation), {x}, builder.value(x).type, std::move(shape));
}

std::vector<int> axes_from(int first, int rank) {
  std::vector<int> axes;
  for (int axis = first; axis < rank; ++axis)
    axes.push_back(axis);
  return axes;
}

Result<void> lower_global_pool(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  const std::vector<int> axes = axes_from(2, builder.rank(x));
  if (axes.empty())
    return builder.error(concat("needs an image, has shape ", builder.text_of(x)));
  const bool is_maximum = context.op_type() == "GlobalMaxPool";
  return context.give(reduce(builder, is_maximum ? op::ReduceKind::maximum : op::ReduceKind::mean, x, axes));
}

namespace {

/// The axes of ReduceSum and its like: an attribute, or input 1 in later opsets; all axes if neither is given.
Result<std::vector<int>> reduced_axes(Context& context, int rank) {
  GANLET_TRY(auto listed, context.integers("axes", {}));
  if (context.has_input(1)) {
    GANLET_TRY(listed, context.integers_input(1));
  }
  GANLET_TRY(const std::int64_t none_is_none, context.integer("noop_with_empty_axes", 0));
  std::vector<int> axes;
  for (const std::int64_t axis : listed) {
    GANLET_TRY(const int checked, checked_axis(context.builder, axis, rank));
    if (std::ranges::find(axes, checked) != axes.end())
      return context.builder.error(concat("axis ", axis, " is named twice"));
    axes.push_back(checked);
  }
  for (int axis = 0; listed.empty() && none_is_none == 0 && axis < rank; ++axis)
    axes.push_back(axis);
  return axes;
}

/// Drops axes that have been reduced to 1.
Result<ValueId> without_axes(Builder& builder, ValueId x, std::span<const int> axes) {
  SymbolicShape shape;
  for (int axis = 0; axis < builder.rank(x); ++axis)
    if (std::ranges::find(axes, axis) == axes.end())
      shape.push_back(builder.shape(x)[axis]);
  return builder.reshape(x, std::move(shape));
}

/// A value of float32, or of int64.
Result<ValueId> number_input(Context& context, std::size_t index) {
  GANLET_TRY(const ValueId x, context.input(index));
  const DataType type = context.builder.value(x).type;
  if (type != DataType::float32 && type != DataType::int64)
    return context.builder.unsupported(concat("input ", index, " is ", name_of(type), ", must be numbers"));
  return x;
}

/// log(sum(exp(x))), where large numbers don't overflow.
Result<ValueId> log_sum_exp(Builder& builder, ValueId x, std::span<const int> axes) {
  using enum op::BinaryKind;
  constexpr float largest = std::numeric_limits<float>::max();
  GANLET_TRY(const ValueId greatest, reduce(builder, op::ReduceKind::maximum, x, axes));
  // If all are -infinity, there is no difference to it.
  GANLET_TRY(const ValueId bound, unary(builder, {op::UnaryKind::clamp, -largest, largest}, greatest));
  GANLET_TRY(const ValueId lowered, binary(builder, subtract, x, bound));
  GANLET_TRY(const ValueId powers, unary(builder, {op::UnaryKind::exponential, 0, 0}, lowered));
  GANLET_TRY(const ValueId sum, reduce(builder, op::ReduceKind::sum, powers, axes));
  GANLET_TRY(const ValueId logarithm, unary(builder, {op::UnaryKind::logarithm, 0, 0}, sum));
  return binary(builder, add, logarithm, bound);
}

enum class Before : std::uint8_t { nothing, absolute, square };

struct Reduction {
  std::string_view op_type;
  Before before;
  op::ReduceKind kind;
  std::optional<op::UnaryKind> after;
};

constexpr Reduction reductions[] = {
    {"ReduceL1", Before::absolute, op::ReduceKind::sum, {}},
    {"ReduceL2", Before::square, op::ReduceKind::sum, op::UnaryKind::square_root},
    {"ReduceLogSum", Before::nothing, op::ReduceKind::sum, op::UnaryKind::logarithm},
    {"ReduceMax", Before::nothing, op::ReduceKind::maximum, {}},
    {"ReduceMean", Before::nothing, op::ReduceKind::mean, {}},
    {"ReduceMin", Before::nothing, op::ReduceKind::minimum, {}},
    {"ReduceProd", Before::nothing, op::ReduceKind::product, {}},
    {"ReduceSum", Before::nothing, op::ReduceKind::sum, {}},
    {"ReduceSumSquare", Before::square, op::ReduceKind::sum, {}},
};

Result<ValueId> reduced(Builder& builder, const Reduction& reduction, ValueId x, std::span<const int> axes) {
  const bool is_whole = builder.value(x).type == DataType::int64;
  if (is_whole && (reduction.before == Before::absolute || reduction.after || reduction.kind == op::ReduceKind::mean))
    return builder.unsupported("input 0 is int64, only float32 is supported");
  if (reduction.before == Before::absolute) {
    GANLET_TRY(x, unary(builder, {op::UnaryKind::absolute, 0, 0}, x));
  } else if (reduction.before == Before::square) {
    GANLET_TRY(x, binary(builder, op::BinaryKind::multiply, x, x));
  }
  GANLET_TRY(const ValueId out, reduce(builder, reduction.kind, x, axes));
  return reduction.after ? unary(builder, {*reduction.after, 0, 0}, out) : out;
}

} // namespace

Result<void> lower_reduce(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t keep, context.integer("keepdims", 1));
  if (context.op_type() == "ReduceProd" && context.meaning(0).integers) {
    // PyTorch computes with it how many elements torch.std and torch.var cover.
    GANLET_TRY(const Dim all, builder.product(*context.meaning(0).integers));
    if (all.count < 0 || all.count > builder.limits().tensor_elements) // so that sums of such don't overflow
      return builder.unsupported("this arithmetic on the batch isn't supported");
    return context.set_integers(0, {all}, keep == 0);
  }
  GANLET_TRY(ValueId x, context.input(0));
  if (builder.value(x).type != DataType::float32 && !has_rare_parts())
    return needs_rare_parts();
  // Of booleans the largest and smallest are those of 0 and 1.
  const bool is_boolean = has_rare_parts() && builder.value(x).type == DataType::boolean &&
                          (context.op_type() == "ReduceMax" || context.op_type() == "ReduceMin");
  if (is_boolean) {
    GANLET_TRY(x, builder.emit(op::Cast{}, {x}, DataType::int64, SymbolicShape(builder.shape(x))));
  } else {
    GANLET_TRY(x, number_input(context, 0));
  }
  GANLET_TRY(const std::vector<int> axes, reduced_axes(context, builder.rank(x)));
  const auto* const reduction = std::ranges::find(reductions, context.op_type(), &Reduction::op_type);
  GANLET_TRY(ValueId out, reduced(builder, *reduction, x, axes));
  if (is_boolean) {
    GANLET_TRY(out, builder.emit(op::Cast{}, {out}, DataType::boolean, SymbolicShape(builder.shape(out))));
  }
  if (keep == 0 && !axes.empty()) {
    GANLET_TRY(out, without_axes(builder, out, axes));
  }
  context.set(0, out);
  return {};
}

Result<void> lower_reduce_log_sum_exp(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t keep, context.integer("keepdims", 1));
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const std::vector<int> axes, reduced_axes(context, builder.rank(x)));
  GANLET_TRY(ValueId out, log_sum_exp(builder, x, axes));
  if (keep == 0 && !axes.empty()) {
    GANLET_TRY(out, without_axes(builder, out, axes));
  }
  context.set(0, out);
  return {};
}

namespace {

/// An axis that doesn't depend on the batch.
Result<int> fixed_axis(Builder& builder, std::int64_t given, ValueId x) {
  GANLET_TRY(const int axis, checked_axis(builder, given, builder.rank(x)));
  if (builder.shape(x)[axis].per_batch)
    return builder.unsupported(concat("axis ", axis, " is the batch"));
  return axis;
}

Result<ValueId> best(Builder& builder, ValueId x, int axis, bool largest, std::int64_t count) {
  SymbolicShape shape = builder.shape(x);
  if (count < 0 || count > shape[axis].count)
    return builder.error(concat(count, " of an axis of ", shape[axis].count, " elements are wanted"));
  shape[axis] = {count, false};
  return builder.emit(op::TopK{axis, largest}, {x}, DataType::int64, std::move(shape));
}

/// The elements along an axis in reverse.
Result<ValueId> flipped(Builder& builder, ValueId x, int axis) {
  const SymbolicShape shape = builder.shape(x);
  op::Slice slice{std::vector<std::int64_t>(shape.size(), 0), std::vector<std::int64_t>(shape.size(), 1)};
  slice.starts[axis] = std::max<std::int64_t>(shape[axis].count - 1, 0);
  slice.steps[axis] = -1;
  return builder.emit(std::move(slice), {x}, builder.value(x).type, shape);
}

} // namespace

/// ArgMax and ArgMin.
Result<void> lower_arg(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t given, context.integer("axis", 0));
  GANLET_TRY(const std::int64_t keep, context.integer("keepdims", 1));
  GANLET_TRY(const std::int64_t last, context.integer("select_last_index", 0));
  GANLET_TRY(ValueId x, number_input(context, 0));
  GANLET_TRY(const int axis, fixed_axis(builder, given, x));
  if (last != 0) {
    GANLET_TRY(x, flipped(builder, x, axis));
  }
  GANLET_TRY(ValueId out, best(builder, x, axis, context.op_type() == "ArgMax", 1));
  if (last != 0) {
    const std::int64_t end = builder.shape(x)[axis].count - 1;
    GANLET_TRY(const ValueId from, builder.constant(Tensor::of<std::int64_t>(Shape{}, {end})));
    GANLET_TRY(out, binary(builder, op::BinaryKind::subtract, from, out));
  }
  if (keep == 0) {
    GANLET_TRY(out, without_axes(builder, out, std::span(&axis, 1)));
  }
  context.set(0, out);
  return {};
}

Result<void> lower_hardmax(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t given, context.integer("axis", -1));
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const int axis, fixed_axis(builder, given, x));
  GANLET_TRY(const ValueId first, best(builder, x, axis, true, 1));
  GANLET_TRY(const ValueId indices, without_axes(builder, first, std::span(&axis, 1)));
  GANLET_TRY(const ValueId values, builder.constant(Tensor::of<float>(Shape{2}, {0, 1})));
  return context.give(
      builder.emit(op::OneHot{axis}, {indices, values}, DataType::float32, SymbolicShape(builder.shape(x))));
}

Result<void> lower_top_k(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t given, context.integer("axis", -1));
  GANLET_TRY(const std::int64_t largest, context.integer("largest", 1));
  context.ignore("sorted"); // they are, and need not be otherwise
  GANLET_TRY(const ValueId x, number_input(context, 0));
  GANLET_TRY(const int axis, fixed_axis(builder, given, x));
  GANLET_TRY(const std::vector<std::int64_t> count, context.integers_input(1));
  if (count.size() != 1)
    return builder.error("input 1 must be one number");
  GANLET_TRY(const ValueId indices, best(builder, x, axis, largest != 0, count[0]));
  context.set(1, indices);
  return context.give(builder.emit(op::GatherElements{axis}, {x, indices}, builder.value(x).type,
                                   SymbolicShape(builder.shape(indices))));
}

Result<void> lower_cum_sum(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t exclusive, context.integer("exclusive", 0));
  GANLET_TRY(const std::int64_t reverse, context.integer("reverse", 0));
  GANLET_TRY(ValueId x, number_input(context, 0));
  GANLET_TRY(const std::vector<std::int64_t> given, context.integers_input(1));
  if (given.size() != 1)
    return builder.error("input 1 must be one axis");
  GANLET_TRY(const int axis, fixed_axis(builder, given[0], x));
  const DataType type = builder.value(x).type;
  const SymbolicShape shape = builder.shape(x);
  if (reverse != 0) {
    GANLET_TRY(x, flipped(builder, x, axis));
  }
  GANLET_TRY(ValueId out, builder.emit(op::CumulativeSum{axis}, {x}, type, shape));
  if (exclusive != 0) {
    if (type != DataType::float32)
      return builder.unsupported("exclusive sums of int64 aren't supported");
    op::Pad pad{op::PadMode::constant, 0, std::vector<std::int64_t>(shape.size(), 0)};
    pad.before[axis] = 1; // the last sum falls off at the end
    GANLET_TRY(out, builder.emit(std::move(pad), {out}, type, shape));
  }
  if (reverse != 0) {
    GANLET_TRY(out, flipped(builder, out, axis));
  }
  context.set(0, out);
  return {};
}

} // namespace ganlet
