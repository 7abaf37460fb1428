#include <cmath>

#include "core/text.h"
#include "graph/lower_ops.h"
#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

/// Picks sizes of a shape with constant indices, as exporters do to rebuild shapes.
Result<void> gather_integers(Context& context) {
  const std::vector<Dim> integers = *context.meaning(0).integers;
  const auto count = static_cast<std::int64_t>(integers.size());
  GANLET_TRY(const std::vector<std::int64_t> indices, context.integers_input(1));
  GANLET_TRY(const Tensor* listed, context.constant_input(1));
  std::vector<Dim> out;
  for (const std::int64_t index : indices) {
    if (index < -count || index >= count)
      return context.builder.error(concat("index ", index, " is outside a list of ", count));
    out.push_back(integers[static_cast<std::size_t>(index < 0 ? index + count : index)]);
  }
  return context.set_integers(0, std::move(out), listed->shape().rank() == 0);
}

} // namespace

Result<void> lower_gather(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t file_axis, context.integer("axis", 0));
  if (context.meaning(0).integers)
    return gather_integers(context);
  GANLET_TRY(ValueId x, context.input(0));
  GANLET_TRY(ValueId indices, context.input(1));
  if (builder.value(indices).type != DataType::int64)
    return builder.error(concat("indices are ", name_of(builder.value(indices).type), ", must be integers"));
  GANLET_TRY(const int axis, checked_axis(builder, file_axis, builder.rank(x)));
  const SymbolicShape& from = builder.shape(x);
  if (from[static_cast<std::size_t>(axis)].per_batch)
    return builder.unsupported("can't gather from the batch");
  SymbolicShape shape(from.begin(), from.begin() + axis);
  shape.insert(shape.end(), builder.shape(indices).begin(), builder.shape(indices).end());
  shape.insert(shape.end(), from.begin() + axis + 1, from.end());
  return context.give(builder.emit(op::Gather{axis}, {x, indices}, builder.value(x).type, std::move(shape)));
}

namespace {

/// A constant of one element as an integer, whether the file has it as float32 or int64.
Result<std::int64_t> whole_number(Context& context, std::size_t index) {
  GANLET_TRY(const Tensor* constant, context.constant_input(index));
  const bool is_float = constant->type() == DataType::float32;
  if (constant->shape().elements() != 1 || (!is_float && constant->type() != DataType::int64))
    return context.builder.error(concat("input ", index, " must be one number"));
  if (!is_float)
    return constant->as<std::int64_t>()[0];
  const float value = constant->as<float>()[0];
  if (!(std::fabs(value) <= 1e6F))
    return context.builder.error(concat("input ", index, " is ", static_cast<double>(value)));
  return static_cast<std::int64_t>(value);
}

} // namespace

Result<void> lower_one_hot(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t file_axis, context.integer("axis", -1));
  GANLET_TRY(ValueId indices, context.input(0));
  GANLET_TRY(const std::int64_t depth, whole_number(context, 1));
  GANLET_TRY(ValueId values, context.input(2));
  if (depth < 1)
    return builder.error(concat("depth is ", depth, ", must be at least 1"));
  if (builder.shape(values) != SymbolicShape{{2, false}})
    return builder.error(concat("values need shape (2,), have ", builder.text_of(values)));
  if (builder.value(indices).type != DataType::int64) {
    GANLET_TRY(indices, builder.emit(op::Cast{}, {indices}, DataType::int64, SymbolicShape(builder.shape(indices))));
  }
  GANLET_TRY(const int axis, checked_axis(builder, file_axis, builder.rank(indices) + 1));
  SymbolicShape shape = builder.shape(indices);
  shape.insert(shape.begin() + axis, Dim{depth, false});
  return context.give(builder.emit(op::OneHot{axis}, {indices, values}, builder.value(values).type, std::move(shape)));
}

namespace {

/// The type for the attribute `dtype`; `otherwise` if the file doesn't have it.
Result<DataType> constant_type(Context& context, DataType otherwise) {
  if (!context.attribute("dtype"))
    return otherwise;
  GANLET_TRY(const std::int64_t type, context.integer("dtype", 0));
  switch (type) {
  case 1:
  case 10:
  case 11:
  case 16:
    return DataType::float32;
  case 2:
  case 3:
  case 4:
  case 5:
  case 6:
  case 7:
  case 12:
  case 13:
    return DataType::int64;
  case 9:
    return DataType::boolean;
  default:
    return context.builder.unsupported(concat("element type ", type, " isn't supported"));
  }
}

void write_one(Tensor& tensor, std::int64_t at) {
  const auto index = static_cast<std::size_t>(at);
  if (tensor.type() == DataType::float32)
    tensor.as<float>()[index] = 1;
  else if (tensor.type() == DataType::int64)
    tensor.as<std::int64_t>()[index] = 1;
  else
    tensor.as<std::uint8_t>()[index] = 1;
}

} // namespace

Result<void> lower_eye_like(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId like, context.input(0));
  GANLET_TRY(const DataType type, constant_type(context, builder.value(like).type));
  GANLET_TRY(const std::int64_t diagonal, context.integer("k", 0));
  const SymbolicShape sizes = builder.shape(like);
  if (sizes.size() != 2 || !is_concrete(sizes))
    return builder.unsupported(concat("needs a matrix of a fixed size, has ", builder.text_of(like)));
  GANLET_TRY(Tensor eye, builder.new_tensor(type, sizes));
  const Shape shape = eye.shape();
  for (std::int64_t row = 0; row < shape[0]; ++row)
    if (diagonal >= -row && diagonal < shape[1] - row)
      write_one(eye, row * shape[1] + row + diagonal);
  return context.give(builder.constant(std::move(eye)));
}

namespace {

/// start, start + step, ... up to (or, for a negative step, down to) but excluding limit.
template <typename T> Result<Tensor> range_of(Context& context) {
  Builder& builder = context.builder;
  T bounds[3];
  for (std::size_t i = 0; i < 3; ++i) {
    GANLET_TRY(const Tensor* constant, context.constant_input(i));
    if (constant->type() != data_type_of<T>() || constant->shape().elements() != 1)
      return builder.error("start, limit and delta must be single numbers of one type");
    bounds[i] = constant->as<T>()[0];
  }
  const double steps =
      std::ceil((static_cast<double>(bounds[1]) - static_cast<double>(bounds[0])) / static_cast<double>(bounds[2]));
  if (bounds[2] == T{0} || !(steps <= static_cast<double>(builder.limits().tensor_elements)))
    return builder.error("the range doesn't end within the limits");
  GANLET_TRY(Tensor out,
             builder.new_tensor(data_type_of<T>(), {{steps > 0 ? static_cast<std::int64_t>(steps) : 0, false}}));
  // Integers are added as unsigned, so that overflow wraps around.
  using Sum = std::conditional_t<std::is_integral_v<T>, std::uint64_t, T>;
  for (std::size_t i = 0; T & value : out.template as<T>())
    value = static_cast<T>(static_cast<Sum>(bounds[0]) + static_cast<Sum>(i++) * static_cast<Sum>(bounds[2]));
  return out;
}

/// As many as there are pictures: ones, added up. Exporters count so where slices of a batch are assigned to.
Result<ValueId> range_of_batch(Context& context, Dim limit) {
  Builder& builder = context.builder;
  for (const std::int64_t wanted : {0, 1}) {
    GANLET_TRY(const std::vector<std::int64_t> bound, context.integers_input(wanted == 0 ? 0 : 2));
    if (bound != std::vector{wanted})
      return builder.unsupported("the pictures of a batch are only counted from 0, one by one");
  }
  const SymbolicShape shape{limit};
  GANLET_TRY(const ValueId one, builder.constant(Tensor::of<std::int64_t>(Shape{}, {1})));
  GANLET_TRY(const ValueId ones, builder.emit(op::Expand{}, {one}, DataType::int64, shape));
  GANLET_TRY(const ValueId sums, builder.emit(op::CumulativeSum{0}, {ones}, DataType::int64, shape));
  return builder.emit(op::Binary{op::BinaryKind::subtract}, {sums, one}, DataType::int64, shape);
}

} // namespace

Result<void> lower_range(Context& context) {
  Builder& builder = context.builder;
  if (has_rare_parts() && context.meaning(1).integers) { // who counts pictures goes on with ScatterND or GatherND
    GANLET_TRY(const std::vector<Dim> limit, context.dims_input(1));
    if (limit.size() == 1)
      return context.give(range_of_batch(context, limit[0]));
  }
  GANLET_TRY(const Tensor* start, context.constant_input(0));
  GANLET_TRY(Tensor range,
             start->type() == DataType::float32 ? range_of<float>(context) : range_of<std::int64_t>(context));
  return context.give(builder.constant(std::move(range)));
}

Result<void> lower_constant(Context& context) {
  for (const std::string_view name : {"value", "value_float", "value_floats", "value_int", "value_ints"})
    context.ignore(name); // only one of them is read
  auto constant = onnx::constant_value(context.node());
  if (!constant)
    return context.builder.unsupported("holds neither a tensor nor numbers");
  return context.give(context.builder.constant(std::move(*constant)));
}

Result<void> lower_constant_of_shape(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::vector<Dim> sizes, context.dims_input(0));
  for (const Dim size : sizes)
    if (size.count < 0)
      return builder.error(concat("size ", size.count, " is negative"));
  Tensor fill = Tensor::of<float>(Shape{}, {0});
  if (const auto* value = context.attribute("value")) {
    const auto* tensor = std::get_if<Tensor>(value);
    if (!tensor || tensor->shape().elements() != 1 || tensor->type() == DataType::int8)
      return builder.error("attribute value must hold one number");
    fill = tensor->clone().reshaped(Shape{});
  }
  const DataType type = fill.type();
  GANLET_TRY(const ValueId one, builder.constant(std::move(fill)));
  return context.give(builder.emit(op::Expand{}, {one}, type, sizes));
}

Result<void> lower_identity(Context& context) {
  context.set(0, context.meaning(0));
  return {};
}

namespace {

/// Whether the ratio, which is an input, is known to be 0.
bool drops_nothing(Context& context) {
  const Meaning* const given = has_rare_parts() && context.has_input(1) ? &context.meaning(1) : nullptr;
  const Tensor* const ratio = given && !given->integers ? context.builder.constant_of(given->id) : nullptr;
  return ratio && ratio->type() == DataType::float32 && ratio->shape().elements() == 1 && ratio->as<float>()[0] == 0;
}

/// The mask of what is kept: everything.
Result<void> give_full_mask(Context& context) {
  Builder& builder = context.builder;
  if (!has_rare_parts())
    return needs_rare_parts();
  GANLET_TRY(const ValueId x, context.input(0));
  GANLET_TRY(const ValueId kept, builder.constant(Tensor::of<std::uint8_t>(Shape{}, {std::uint8_t{1}})));
  GANLET_TRY(const ValueId mask,
             builder.emit(op::Expand{}, {kept}, DataType::boolean, SymbolicShape(builder.shape(x))));
  context.set(1, mask);
  return {};
}

} // namespace

Result<void> lower_dropout(Context& context) {
  Builder& builder = context.builder;
  context.ignore("ratio");
  context.ignore("seed");
  if (context.has_input(2)) {
    GANLET_TRY(const Tensor* training, context.constant_input(2));
    if (training->type() != DataType::boolean || training->shape().elements() != 1 ||
        (training->as<std::uint8_t>()[0] != 0 && !drops_nothing(context)))
      return builder.unsupported("training_mode must be false: export the network in evaluation mode");
  }
  if (context.output_count() > 1) {
    GANLET_CHECK(give_full_mask(context));
  }
  context.set(0, context.meaning(0));
  return {};
}

} // namespace ganlet
