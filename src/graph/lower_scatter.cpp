// Reading and writing at indices, element by element.

#include <iterator>

#include "core/text.h"
#include "graph/lower_ops.h"

namespace ganlet {

namespace {

/// The axis along which indices of the same rank as x count; along the others they are no longer than x.
Result<int> axis_of_indices(Builder& builder, std::int64_t given, ValueId x, ValueId indices) {
  GANLET_TRY(const int axis, checked_axis(builder, given, builder.rank(x)));
  const SymbolicShape &from = builder.shape(x), &at = builder.shape(indices);
  if (from[axis].per_batch)
    return builder.unsupported(concat("axis ", axis, " is the batch"));
  bool fits = at.size() == from.size();
  for (std::size_t i = 0; fits && i < from.size(); ++i)
    fits = static_cast<int>(i) == axis || at[i].count == 0 ||
           (at[i].per_batch == from[i].per_batch && at[i].count <= from[i].count);
  if (!fits)
    return builder.error(concat("indices of shape ", builder.text_of(indices), " don't fit ", builder.text_of(x)));
  return axis;
}

struct ScatterWord {
  std::string_view word;
  op::ScatterKind kind;
};

constexpr ScatterWord scatter_words[] = {
    {"none", op::ScatterKind::assign}, {"add", op::ScatterKind::add},      {"max", op::ScatterKind::maximum},
    {"min", op::ScatterKind::minimum}, {"mul", op::ScatterKind::multiply},
};

Result<op::ScatterKind> scatter_kind(Context& context, DataType type) {
  GANLET_TRY(const std::string word, context.word("reduction", "none"));
  const auto* const found = std::ranges::find(scatter_words, word, &ScatterWord::word);
  if (found == std::end(scatter_words))
    return context.builder.error(concat("reduction '", printable(word), "' isn't known"));
  if (found->kind != op::ScatterKind::assign && type == DataType::boolean)
    return context.builder.unsupported("bools can't be added up");
  return found->kind;
}

Result<ValueId> scattered(Builder& builder, op::ScatterElements operation, ValueId x, ValueId indices,
                          ValueId updates) {
  const DataType type = builder.value(x).type;
  if (builder.value(updates).type != type)
    return builder.error(concat("updates are ", name_of(builder.value(updates).type), ", must be ", name_of(type)));
  if (builder.shape(updates) != builder.shape(indices))
    return builder.error(
        concat("updates of shape ", builder.text_of(updates), " for indices of shape ", builder.text_of(indices)));
  return builder.emit(operation, {x, indices, updates}, type, SymbolicShape(builder.shape(x)));
}

} // namespace

Result<void> lower_gather_elements(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t given, context.integer("axis", 0));
  GANLET_TRY(const ValueId x, context.input(0));
  GANLET_TRY(const ValueId indices, context.input_of(1, DataType::int64));
  GANLET_TRY(const int axis, axis_of_indices(builder, given, x, indices));
  return context.give(builder.emit(op::GatherElements{axis}, {x, indices}, builder.value(x).type,
                                   SymbolicShape(builder.shape(indices))));
}

/// ScatterElements, and Scatter as it was called before.
Result<void> lower_scatter_elements(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t given, context.integer("axis", 0));
  GANLET_TRY(const ValueId x, context.input(0));
  GANLET_TRY(const ValueId indices, context.input_of(1, DataType::int64));
  GANLET_TRY(const ValueId updates, context.input(2));
  GANLET_TRY(const int axis, axis_of_indices(builder, given, x, indices));
  GANLET_TRY(const op::ScatterKind kind, scatter_kind(context, builder.value(x).type));
  return context.give(scattered(builder, {axis, kind}, x, indices, updates));
}

namespace {

/// What GatherND and ScatterND count in: the first axes of x as one axis of rows, and for each index its row.
struct Rows {
  SymbolicShape places;       ///< of the indices, without their last axis
  SymbolicShape row;          ///< of what lies at an index
  ValueId table = no_value;   ///< x as (rows, elements of a row)
  ValueId numbers = no_value; ///< the rows, as (places)
};

/// Stands for the size of a first axis that is the batch. Indices from its end are rows from the end, too.
constexpr std::int64_t of_batch = 0;

/// Constant indices are checked here. Those that the network computes, and those of the batch, are checked as rows when
/// it runs.
Result<void> check_indices(const Builder& builder, ValueId indices, std::span<const std::int64_t> sizes) {
  const Tensor* const constant = builder.constant_of(indices);
  if (!constant)
    return {};
  const std::span<const std::int64_t> numbers = constant->as<std::int64_t>();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::int64_t size = sizes[i % sizes.size()];
    if (size != of_batch && (numbers[i] < -size || numbers[i] >= size))
      return builder.error(concat("index ", numbers[i], " is outside an axis of size ", size));
  }
  return {};
}

/// Indices (..., k) of the axes with `sizes` as one number each: negative ones count from the end.
Result<ValueId> row_numbers(Builder& builder, ValueId indices, std::span<const std::int64_t> sizes) {
  using enum op::BinaryKind;
  std::vector<std::int64_t> strides(sizes.size(), 1);
  for (std::size_t axis = sizes.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * sizes[axis];
  const Shape list{static_cast<std::int64_t>(sizes.size())};
  GANLET_TRY(const ValueId size, builder.constant(Tensor::of<std::int64_t>(list, sizes)));
  GANLET_TRY(const ValueId stride,
             builder.constant(Tensor::of<std::int64_t>(list, std::span<const std::int64_t>(strides))));
  GANLET_TRY(const ValueId zero, builder.constant(Tensor::of<std::int64_t>(Shape{}, {0})));
  GANLET_TRY(const ValueId is_negative, binary(builder, less, indices, zero));
  GANLET_TRY(const ValueId from_end, binary(builder, add, indices, size));
  GANLET_TRY(const ValueId positive, select(builder, is_negative, from_end, indices));
  GANLET_TRY(const ValueId terms, binary(builder, multiply, positive, stride));
  const int last = builder.rank(indices) - 1;
  return reduce(builder, op::ReduceKind::sum, terms, std::span(&last, 1));
}

Result<Rows> rows_of(Context& context, ValueId x, ValueId indices) {
  Builder& builder = context.builder;
  const SymbolicShape from = builder.shape(x), at = builder.shape(indices);
  if (at.empty() || at.back().per_batch || at.back().count < 1 ||
      at.back().count > static_cast<std::int64_t>(from.size()))
    return builder.error(concat("indices of shape ", builder.text_of(indices), " don't fit ", builder.text_of(x)));
  const auto indexed = static_cast<std::size_t>(at.back().count);
  std::vector<std::int64_t> sizes;
  for (std::size_t axis = 0; axis < indexed; ++axis) {
    if (from[axis].per_batch && axis > 0)
      return builder.unsupported("the batch can only be indexed as the first axis");
    sizes.push_back(from[axis].per_batch ? of_batch : from[axis].count);
  }
  GANLET_CHECK(check_indices(builder, indices, sizes));
  Rows rows{{at.begin(), at.end() - 1}, {from.begin() + at.back().count, from.end()}, no_value, no_value};
  GANLET_TRY(const Dim count, builder.product(std::span(from).first(indexed)));
  GANLET_TRY(const Dim length, builder.product(rows.row));
  GANLET_TRY(rows.table, builder.reshape(x, {count, length}));
  GANLET_TRY(const ValueId numbers, row_numbers(builder, indices, sizes));
  GANLET_TRY(rows.numbers, builder.reshape(numbers, SymbolicShape(rows.places)));
  return rows;
}

SymbolicShape joined(SymbolicShape first, const SymbolicShape& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

} // namespace

Result<void> lower_gather_nd(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t batch_axes, context.integer("batch_dims", 0));
  if (batch_axes != 0)
    return builder.unsupported("batch_dims isn't supported");
  GANLET_TRY(const ValueId x, context.input(0));
  GANLET_TRY(const ValueId indices, context.input_of(1, DataType::int64));
  GANLET_TRY(const Rows rows, rows_of(context, x, indices));
  const Dim length = builder.shape(rows.table)[1];
  GANLET_TRY(const ValueId out, builder.emit(op::Gather{0}, {rows.table, rows.numbers}, builder.value(x).type,
                                             joined(rows.places, {length})));
  return context.give(builder.reshape(out, joined(rows.places, rows.row)));
}

Result<void> lower_scatter_nd(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.input(0));
  GANLET_TRY(const ValueId indices, context.input_of(1, DataType::int64));
  GANLET_TRY(ValueId updates, context.input(2));
  GANLET_TRY(const op::ScatterKind kind, scatter_kind(context, builder.value(x).type));
  GANLET_TRY(const Rows rows, rows_of(context, x, indices));
  if (builder.shape(updates) != joined(rows.places, rows.row))
    return builder.error(
        concat("updates of shape ", builder.text_of(updates), " for indices of shape ", builder.text_of(indices)));
  GANLET_TRY(const Dim count, builder.product(rows.places));
  const SymbolicShape flat = {count, builder.shape(rows.table)[1]};
  GANLET_TRY(updates, builder.reshape(updates, flat));
  // Each element of a row is written at the row's number.
  GANLET_TRY(ValueId numbers, builder.reshape(rows.numbers, {count, {1, false}}));
  if (builder.shape(numbers) != flat) {
    GANLET_TRY(numbers, builder.emit(op::Expand{}, {numbers}, DataType::int64, flat));
  }
  GANLET_TRY(const ValueId out, scattered(builder, {0, kind}, rows.table, numbers, updates));
  return context.give(builder.reshape(out, SymbolicShape(builder.shape(x))));
}

namespace {

/// The numbers of the elements that aren't 0.
Result<std::vector<std::int64_t>> marked(Context& context, std::size_t index) {
  GANLET_TRY(const Tensor* constant, context.constant_input(index));
  GANLET_CHECK(context.builder.take(constant->shape().elements()));
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 0; i < constant->shape().elements(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (constant->type() == DataType::float32   ? constant->as<float>()[at] != 0
        : constant->type() == DataType::boolean ? constant->as<std::uint8_t>()[at] != 0
                                                : constant->as<std::int64_t>()[at] != 0)
      numbers.push_back(i);
  }
  return numbers;
}

Result<ValueId> list(Builder& builder, std::span<const std::int64_t> numbers) {
  return builder.constant(Tensor::of<std::int64_t>(Shape{static_cast<std::int64_t>(numbers.size())}, numbers));
}

} // namespace

/// Only of a constant: otherwise the shape depended on what the network computes.
Result<void> lower_non_zero(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const auto numbers, marked(context, 0));
  GANLET_TRY(const Tensor* constant, context.constant_input(0));
  const Shape shape = constant->shape();
  const auto count = static_cast<std::int64_t>(numbers.size());
  GANLET_TRY(Tensor out, builder.new_tensor(DataType::int64, {{shape.rank(), false}, {count, false}}));
  std::int64_t stride = 1;
  for (int axis = shape.rank() - 1; axis >= 0; stride *= shape[axis], --axis)
    for (std::int64_t i = 0; i < count; ++i)
      out.as<std::int64_t>()[static_cast<std::size_t>(axis * count + i)] =
          numbers[static_cast<std::size_t>(i)] / stride % shape[axis];
  return context.give(builder.constant(std::move(out)));
}

Result<void> lower_compress(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(ValueId x, context.input(0));
  GANLET_TRY(const auto numbers, marked(context, 1));
  int axis = 0;
  if (context.attribute("axis")) {
    GANLET_TRY(const std::int64_t given, context.integer("axis", 0));
    GANLET_TRY(axis, checked_axis(builder, given, builder.rank(x)));
  } else {
    GANLET_TRY(const Dim all, builder.product(builder.shape(x)));
    GANLET_TRY(x, builder.reshape(x, {all}));
  }
  SymbolicShape shape = builder.shape(x);
  if (shape[axis].per_batch)
    return builder.unsupported("the batch can't be compressed");
  if (!numbers.empty() && numbers.back() >= shape[axis].count)
    return builder.error(concat("the condition is longer than an axis of size ", shape[axis].count));
  shape[axis] = {static_cast<std::int64_t>(numbers.size()), false};
  GANLET_TRY(const ValueId indices, list(builder, numbers));
  return context.give(builder.emit(op::Gather{axis}, {x, indices}, builder.value(x).type, std::move(shape)));
}

/// The upper or lower triangle of matrices; the rest is 0.
Result<void> lower_trilu(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t upper, context.integer("upper", 1));
  GANLET_TRY(const ValueId x, context.input(0));
  std::int64_t diagonal = 0;
  if (context.has_input(1)) {
    GANLET_TRY(const auto given, context.integers_input(1));
    if (given.size() != 1)
      return builder.error("input 1 must be one number");
    diagonal = given[0];
  }
  const SymbolicShape shape = builder.shape(x);
  if (shape.size() < 2 || shape.back().per_batch || shape[shape.size() - 2].per_batch)
    return builder.unsupported(concat("needs matrices of a fixed size, has ", builder.text_of(x)));
  const std::int64_t rows = shape[shape.size() - 2].count, columns = shape.back().count;
  GANLET_TRY(Tensor kept, builder.new_tensor(DataType::boolean, {{rows, false}, {columns, false}}));
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < columns; ++column)
      kept.as<std::uint8_t>()[static_cast<std::size_t>(row * columns + column)] =
          upper != 0 ? column - row >= diagonal : column - row <= diagonal;
  GANLET_TRY(const ValueId mask, builder.constant(std::move(kept)));
  GANLET_TRY(const ValueId zero, builder.constant(Tensor(builder.value(x).type, Shape{})));
  return context.give(select(builder, mask, x, zero));
}

namespace {

/// A value with one axis, of x's size there, to broadcast with x.
Result<ValueId> along(Builder& builder, ValueId numbers, ValueId x, int axis) {
  if (builder.rank(numbers) != 1 || builder.shape(numbers)[0] != builder.shape(x)[axis])
    return builder.error(
        concat("lengths of shape ", builder.text_of(numbers), " don't fit axis ", axis, " of ", builder.text_of(x)));
  SymbolicShape wide(builder.shape(x).size(), Dim{1, false});
  wide[axis] = builder.shape(x)[axis];
  return builder.reshape(numbers, std::move(wide));
}

} // namespace

/// The first elements of each row in reverse, as many as the row's length says.
Result<void> lower_reverse_sequence(Context& context) {
  using enum op::BinaryKind;
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t given_batch, context.integer("batch_axis", 1));
  GANLET_TRY(const std::int64_t given_time, context.integer("time_axis", 0));
  GANLET_TRY(const ValueId x, context.input(0));
  GANLET_TRY(const ValueId lengths, context.input_of(1, DataType::int64));
  GANLET_TRY(const int batch_axis, checked_axis(builder, given_batch, builder.rank(x)));
  GANLET_TRY(const int time_axis, checked_axis(builder, given_time, builder.rank(x)));
  const SymbolicShape shape = builder.shape(x);
  if (batch_axis == time_axis || shape[time_axis].per_batch)
    return builder.unsupported(concat("axis ", time_axis, " is the batch"));
  GANLET_TRY(Tensor counted, builder.new_tensor(DataType::int64, {shape[time_axis]}));
  for (std::size_t i = 0; i < counted.as<std::int64_t>().size(); ++i)
    counted.as<std::int64_t>()[i] = static_cast<std::int64_t>(i);
  GANLET_TRY(ValueId places, builder.constant(std::move(counted)));
  GANLET_TRY(places, along(builder, places, x, time_axis));
  GANLET_TRY(const ValueId ends, along(builder, lengths, x, batch_axis));
  GANLET_TRY(const ValueId one, builder.constant(Tensor::of<std::int64_t>(Shape{}, {1})));
  GANLET_TRY(const ValueId lasts, binary(builder, subtract, ends, one));
  GANLET_TRY(const ValueId mirrored, binary(builder, subtract, lasts, places));
  GANLET_TRY(const ValueId is_inside, binary(builder, less, places, ends));
  GANLET_TRY(const ValueId sources, select(builder, is_inside, mirrored, places));
  GANLET_TRY(const ValueId indices, builder.emit(op::Expand{}, {sources}, DataType::int64, SymbolicShape(shape)));
  return context.give(
      builder.emit(op::GatherElements{time_axis}, {x, indices}, builder.value(x).type, SymbolicShape(shape)));
}

} // namespace ganlet
