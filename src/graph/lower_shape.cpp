#include <algorithm>

#include "core/text.h"
#include "graph/lower_ops.h"

namespace ganlet {

namespace {

/// The size for -1: `all` divided by the product of the other sizes.
Result<Dim> inferred_size(const Builder& builder, Dim all, Dim others) {
  const bool divides =
      others.count != 0 && all.count % others.count == 0 && (all.per_batch || !others.per_batch || all.count == 0);
  if (!divides)
    return builder.error(concat(all.count, all.per_batch ? " N" : "", " elements can't be split by ", others.count,
                                others.per_batch ? " N" : ""));
  return Dim{all.count / others.count, all.per_batch && !others.per_batch};
}

/// Resolves the 0s (keep this size) and the -1 (infer this size) of Reshape's second input.
Result<SymbolicShape> wanted_shape(Builder& builder, const SymbolicShape& before, SymbolicShape wanted,
                                   bool zero_is_zero) {
  std::size_t open = wanted.size();
  for (std::size_t axis = 0; axis < wanted.size(); ++axis) {
    Dim& size = wanted[axis];
    if (size.count == 0 && !zero_is_zero) {
      if (axis >= before.size())
        return builder.error(concat("size 0 of axis ", axis, " has nothing to copy from"));
      size = before[axis];
    } else if (size == Dim{-1, false}) {
      if (open != wanted.size())
        return builder.error("more than one size is -1");
      open = axis;
    } else if (size.count < 0) {
      return builder.error(concat("size ", size.count, " of axis ", axis, " is negative"));
    }
  }
  GANLET_TRY(const Dim all, builder.product(before));
  if (open < wanted.size()) {
    wanted[open] = {1, false};
    GANLET_TRY(const Dim others, builder.product(wanted));
    GANLET_TRY(wanted[open], inferred_size(builder, all, others));
  }
  GANLET_TRY(const Dim now, builder.product(wanted));
  if (now != all)
    return builder.error(
        concat("the input has ", all.count, all.per_batch ? " N" : "", " elements, the new shape ", now.count,
               now.per_batch ? " N" : "",
               all.per_batch && !now.per_batch ? " (it fixes the batch: export with a dynamic one)" : ""));
  return wanted;
}

Result<void> reshape_integers(Context& context, const std::vector<std::int64_t>& wanted) {
  const std::vector<Dim> integers = *context.meaning(0).integers;
  const auto count = static_cast<std::int64_t>(integers.size());
  if (wanted.empty() && count == 1)
    return context.set_integers(0, integers, true);
  if (wanted.size() == 1 && (wanted[0] == -1 || wanted[0] == count))
    return context.set_integers(0, integers, false);
  return context.builder.unsupported("sizes that depend on the batch can't take this shape");
}

} // namespace

Result<void> lower_reshape(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t zero_is_zero, context.integer("allowzero", 0));
  if (context.meaning(0).integers) {
    GANLET_TRY(const auto wanted, context.integers_input(1));
    return reshape_integers(context, wanted);
  }
  GANLET_TRY(const ValueId x, context.input(0));
  GANLET_TRY(SymbolicShape wanted, context.dims_input(1));
  GANLET_TRY(SymbolicShape shape,
             wanted_shape(builder, file_shape(builder.value(x)), std::move(wanted), zero_is_zero != 0));
  return context.give(builder.reshape(x, std::move(shape)));
}

Result<void> lower_flatten(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.input(0));
  GANLET_TRY(const std::int64_t axis, context.integer("axis", 1));
  const int rank = builder.rank(x);
  if (axis < -rank || axis > rank)
    return builder.error(concat("axis ", axis, " is outside a value of rank ", rank));
  const SymbolicShape shape = file_shape(builder.value(x));
  const auto split = static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
  GANLET_TRY(const Dim rows, builder.product(std::span(shape).first(split)));
  GANLET_TRY(const Dim columns, builder.product(std::span(shape).subspan(split)));
  return context.give(builder.reshape(x, {rows, columns}));
}

namespace {

/// The axes of Squeeze and Unsqueeze; empty if none are given.
Result<std::optional<std::vector<std::int64_t>>> listed_axes(Context& context) {
  if (!context.has_input(1))
    return std::optional<std::vector<std::int64_t>>();
  GANLET_TRY(auto listed, context.integers_input(1));
  return std::optional(std::move(listed));
}

/// For each axis of a value of `rank`, whether it is listed.
Result<std::vector<bool>> marked_axes(const Builder& builder, std::span<const std::int64_t> listed, int rank) {
  std::vector<bool> marked(static_cast<std::size_t>(rank), false);
  for (const std::int64_t axis : listed) {
    GANLET_TRY(const int checked, checked_axis(builder, axis, rank));
    if (marked[static_cast<std::size_t>(checked)])
      return builder.error(concat("axis ", axis, " is named twice"));
    marked[static_cast<std::size_t>(checked)] = true;
  }
  return marked;
}

} // namespace

Result<void> lower_squeeze(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const auto listed, listed_axes(context));
  if (const auto& integers = context.meaning(0).integers) {
    if (integers->size() != 1)
      return builder.error("only an axis of size 1 can be squeezed");
    return context.set_integers(0, std::vector<Dim>(*integers), true);
  }
  GANLET_TRY(const ValueId x, context.input(0));
  const SymbolicShape before = file_shape(builder.value(x));
  GANLET_TRY(const auto marked, marked_axes(builder, listed.value_or(std::vector<std::int64_t>()), builder.rank(x)));
  SymbolicShape shape;
  for (std::size_t axis = 0; axis < before.size(); ++axis) {
    const bool is_one = before[axis] == Dim{1, false};
    if (marked[axis] && !is_one)
      return builder.error(concat("axis ", axis, " of ", builder.text_of(x), " isn't of size 1"));
    if (listed ? !marked[axis] : !is_one)
      shape.push_back(before[axis]);
  }
  return context.give(builder.reshape(x, std::move(shape)));
}

Result<void> lower_unsqueeze(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const auto listed, listed_axes(context));
  if (!listed || listed->empty())
    return builder.error("axes are missing");
  if (const auto& integers = context.meaning(0).integers) {
    if (!context.meaning(0).scalar || listed->size() != 1)
      return builder.unsupported("sizes that depend on the batch can't take this shape");
    return context.set_integers(0, std::vector<Dim>(*integers), false);
  }
  GANLET_TRY(const ValueId x, context.input(0));
  const SymbolicShape before = file_shape(builder.value(x));
  if (before.size() + listed->size() > Shape::max_rank)
    return builder.error(concat(listed->size(), " axes can't be added to a value of rank ", before.size()));
  GANLET_TRY(const auto marked, marked_axes(builder, *listed, static_cast<int>(before.size() + listed->size())));
  SymbolicShape shape;
  auto next = before.begin();
  for (const bool added : marked)
    shape.push_back(added ? Dim{1, false} : *next++);
  return context.give(builder.reshape(x, std::move(shape)));
}

Result<void> lower_transpose(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.input(0));
  const int rank = builder.rank(x);
  std::vector<std::int64_t> reversed;
  for (int axis = rank; axis-- > 0;)
    reversed.push_back(axis);
  GANLET_TRY(const auto permutation, context.integers("perm", reversed, static_cast<std::size_t>(rank)));
  std::vector<int> axes;
  std::vector<bool> seen(static_cast<std::size_t>(rank), false);
  for (const std::int64_t axis : permutation) {
    if (axis < 0 || axis >= rank || seen[static_cast<std::size_t>(axis)])
      return builder.error(
          concat("perm ", std::span<const std::int64_t>(permutation), " isn't an order of ", rank, " axes"));
    seen[static_cast<std::size_t>(axis)] = true;
    axes.push_back(static_cast<int>(axis));
  }
  return context.give(builder.transpose(x, std::move(axes)));
}

namespace {

/// The shape of input 0. The type doesn't matter, so int8 weights are accepted.
SymbolicShape shape_given(const Context& context) {
  const Meaning& given = context.meaning(0);
  if (given.integers)
    return {{static_cast<std::int64_t>(given.integers->size()), false}};
  return file_shape(context.builder.value(given.id));
}

} // namespace

Result<void> lower_shape(Context& context) {
  const SymbolicShape shape = shape_given(context);
  const auto rank = static_cast<std::int64_t>(shape.size());
  GANLET_TRY(std::int64_t start, context.integer("start", 0));
  GANLET_TRY(std::int64_t end, context.integer("end", rank));
  start = std::clamp(start < 0 ? start + rank : start, std::int64_t{0}, rank);
  end = std::clamp(end < 0 ? end + rank : end, start, rank);
  return context.set_integers(0, {shape.begin() + start, shape.begin() + end}, false);
}

Result<void> lower_size(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const Dim all, builder.product(shape_given(context)));
  if (all.count > builder.limits().tensor_elements) // so that sums of such don't overflow
    return builder.unsupported("this arithmetic on the batch isn't supported");
  return context.set_integers(0, {all}, true);
}

namespace {

Result<SymbolicShape> checked_sizes(const Builder& builder, std::vector<Dim> dims) {
  for (const Dim dim : dims)
    if (dim.count < 0)
      return builder.error(concat("size ", dim.count, " is negative"));
  return dims;
}

} // namespace

Result<void> lower_expand(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(ValueId x, context.input(0));
  GANLET_TRY(std::vector<Dim> dims, context.dims_input(1));
  GANLET_TRY(const SymbolicShape wanted, checked_sizes(builder, std::move(dims)));
  GANLET_TRY(SymbolicShape shape, broadcast_shape(builder, file_shape(builder.value(x)), wanted));
  if (shape != file_shape(builder.value(x))) {
    GANLET_TRY(x, builder.emit(op::Expand{}, {x}, builder.value(x).type, std::move(shape)));
  }
  context.set(0, x);
  return {};
}

Result<void> lower_tile(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(ValueId x, context.input(0));
  GANLET_TRY(std::vector<Dim> dims, context.dims_input(1));
  GANLET_TRY(const SymbolicShape repeats, checked_sizes(builder, std::move(dims)));
  if (repeats.size() != builder.shape(x).size())
    return builder.error(concat("repeats needs ", builder.rank(x), " values, has ", repeats.size()));
  SymbolicShape shape;
  for (std::size_t axis = 0; axis < repeats.size(); ++axis) {
    const Dim factors[2] = {builder.shape(x)[axis], repeats[axis]};
    GANLET_TRY(const Dim size, builder.product(factors));
    shape.push_back(size);
  }
  if (shape != builder.shape(x)) {
    GANLET_TRY(x, builder.emit(op::Tile{}, {x}, builder.value(x).type, std::move(shape)));
  }
  context.set(0, x);
  return {};
}

} // namespace ganlet
