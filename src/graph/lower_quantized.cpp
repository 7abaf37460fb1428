// Quantized networks of other programs. Quantized numbers are int64 here, but for constants of int8, which stay that as
// weights where they can.

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "graph/lower_ops.h"
#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

/// The scale, at input 1. A constant one is positive and finite.
Result<ValueId> scale_input(Context& context) {
  GANLET_TRY(const ValueId id, context.float_input(1));
  const Tensor* const scale = context.builder.constant_of(id);
  for (std::int64_t i = 0; scale && i < scale->shape().elements(); ++i)
    if (const float value = scale->as<float>()[static_cast<std::size_t>(i)]; !(value > 0) || !std::isfinite(value))
      return context.builder.error(
          concat("scale[", i, "] is ", static_cast<double>(value), ", must be positive and finite"));
  return id;
}

/// A value with a number for all of x, or for each place of one of its axes, to broadcast with x.
Result<ValueId> along_axis(Builder& builder, ValueId numbers, ValueId x, int axis) {
  const SymbolicShape& shape = builder.shape(numbers);
  if (shape.size() > 1 && builder.constant_of(numbers))
    return builder.error(concat("a scale or zero point has at most one axis, has shape ", builder.text_of(numbers)));
  if (shape.size() != 1 || shape[0] == Dim{1, false})
    return shape.size() == 1 ? builder.reshape(numbers, {}) : numbers;
  if (builder.rank(x) == 0 || shape[0] != builder.shape(x)[axis])
    return builder.error(concat("scale or zero point of shape ", builder.text_of(numbers), " doesn't fit axis ", axis,
                                " of ", builder.text_of(x)));
  SymbolicShape wide(builder.shape(x).size(), Dim{1, false});
  wide[axis] = shape[0];
  return builder.reshape(numbers, std::move(wide));
}

/// Quantized numbers as float32.
Result<ValueId> numbers_input(Context& context, std::size_t index) {
  Builder& builder = context.builder;
  const Meaning& given = context.meaning(index);
  const Tensor* const constant = given.integers ? nullptr : builder.constant_of(given.id);
  if (constant && constant->type() == DataType::int8 && !given.quantized_axis) {
    GANLET_TRY(Tensor numbers, builder.new_tensor(DataType::float32, builder.shape(given.id)));
    std::ranges::copy(constant->as<std::int8_t>(), numbers.as<float>().begin());
    return builder.constant(std::move(numbers));
  }
  GANLET_TRY(const ValueId x, context.input(index));
  if (builder.value(x).type == DataType::float32)
    return x;
  return builder.emit(op::Cast{}, {x}, DataType::float32, SymbolicShape(builder.shape(x)));
}

Result<int> quantized_axis(Context& context, std::size_t rank) {
  GANLET_TRY(const std::int64_t given, context.integer("axis", 1));
  GANLET_TRY(const std::int64_t block, context.integer("block_size", 0));
  if (block != 0)
    return context.builder.unsupported("block_size must be 0");
  return rank > 1 ? checked_axis(context.builder, given, static_cast<int>(rank)) : Result<int>(0);
}

bool is_int8(Context& context, std::size_t index) {
  const Meaning& given = context.meaning(index);
  return !given.integers && context.builder.value(given.id).type == DataType::int8;
}

bool is_all_zero(const Tensor& tensor) {
  return std::ranges::all_of(tensor.as<std::int8_t>(), [](std::int8_t point) { return point == 0; });
}

/// Constant int8 with a scale that suits weights and without a zero point, which stays int8.
Result<bool> kept_as_weights(Context& context, int axis) {
  Builder& builder = context.builder;
  if (!is_int8(context, 0) || context.meaning(1).integers)
    return false;
  const Tensor* const raw = builder.constant_of(context.meaning(0).id);
  const Tensor* const points =
      context.has_input(2) && is_int8(context, 2) ? builder.constant_of(context.meaning(2).id) : nullptr;
  if (!raw || (context.has_input(2) && !(points && is_all_zero(*points))))
    return false;
  GANLET_TRY(const ValueId scale, scale_input(context));
  const Tensor* const factors = builder.constant_of(scale);
  // Again, as reading the scale may have moved it.
  Tensor weights = builder.constant_of(context.meaning(0).id)->clone();
  const std::int64_t count = factors ? factors->shape().elements() : 0, rank = weights.shape().rank();
  if (!factors || factors->shape().rank() > 1 || (count != 1 && !(rank > 0 && count == weights.shape()[axis])))
    return false;
  weights.scale.assign(factors->as<float>().begin(), factors->as<float>().end());
  GANLET_TRY(const ValueId id, builder.constant(std::move(weights)));
  context.set(0, Meaning{id, std::nullopt, false, axis});
  return true;
}

} // namespace

/// (x - zero point) scale
Result<void> lower_dequantize_linear(Context& context) {
  Builder& builder = context.builder;
  context.ignore("output_dtype");
  const Meaning& given = context.meaning(0);
  GANLET_TRY(const int axis, quantized_axis(context, given.integers ? 1 : builder.shape(given.id).size()));
  GANLET_TRY(const bool is_kept, kept_as_weights(context, axis));
  if (is_kept)
    return {};
  if (!has_rare_parts())
    return needs_rare_parts();
  GANLET_TRY(ValueId x, numbers_input(context, 0));
  GANLET_TRY(ValueId scale, scale_input(context));
  GANLET_TRY(scale, along_axis(builder, scale, x, axis));
  if (context.has_input(2)) {
    GANLET_TRY(ValueId zero, numbers_input(context, 2));
    GANLET_TRY(zero, along_axis(builder, zero, x, axis));
    GANLET_TRY(x, binary(builder, op::BinaryKind::subtract, x, zero));
  }
  return context.give(binary(builder, op::BinaryKind::multiply, x, scale));
}

namespace {

/// Rounds, adds the zero point and clamps to what the quantized type holds.
Result<ValueId> quantized(Builder& builder, ValueId x, ValueId scale, ValueId zero, op::Unary range) {
  GANLET_TRY(x, binary(builder, op::BinaryKind::divide, x, scale));
  GANLET_TRY(x, unary(builder, {op::UnaryKind::round, 0, 0}, x));
  if (zero != no_value) {
    GANLET_TRY(x, binary(builder, op::BinaryKind::add, x, zero));
  }
  GANLET_TRY(x, unary(builder, range, x));
  return builder.emit(op::Cast{}, {x}, DataType::int64, SymbolicShape(builder.shape(x)));
}

constexpr op::Unary to_uint8{op::UnaryKind::clamp, 0, 255}, to_int8{op::UnaryKind::clamp, -128, 127};

} // namespace

Result<void> lower_quantize_linear(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t type, context.integer("output_dtype", 0));
  context.ignore("saturate");
  constexpr std::int64_t uint8 = 2, int8 = 3;
  if (type != 0 && type != uint8 && type != int8)
    return builder.unsupported(concat("can't quantize to element type ", type));
  GANLET_TRY(const ValueId x, numbers_input(context, 0));
  GANLET_TRY(const int axis, quantized_axis(context, builder.shape(x).size()));
  GANLET_TRY(ValueId scale, scale_input(context));
  GANLET_TRY(scale, along_axis(builder, scale, x, axis));
  ValueId zero = no_value;
  if (context.has_input(2)) {
    GANLET_TRY(zero, numbers_input(context, 2));
    GANLET_TRY(zero, along_axis(builder, zero, x, axis));
  }
  const Tensor* const points = zero == no_value ? nullptr : builder.constant_of(zero);
  if (points && !std::ranges::all_of(points->as<float>(), [](float point) { return point >= -128 && point <= 255; }))
    return builder.unsupported("numbers are quantized to 8 bits alone, the zero point has more");
  const bool is_signed = type == int8 || (context.has_input(2) && is_int8(context, 2));
  return context.give(quantized(builder, x, scale, zero, is_signed ? to_int8 : to_uint8));
}

/// To uint8 with a scale that suits the numbers. Where the batch is open, each picture has its own, so that it doesn't
/// depend on the others.
Result<void> lower_dynamic_quantize_linear(Context& context) {
  using enum op::BinaryKind;
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  const bool is_open = builder.rank(x) > 0 && builder.shape(x)[0].per_batch;
  const std::vector<int> axes = axes_from(is_open ? 1 : 0, builder.rank(x));
  GANLET_TRY(const ValueId nothing, number(builder, 0));
  GANLET_TRY(const ValueId steps, number(builder, 255));
  GANLET_TRY(const ValueId lowest, reduce(builder, op::ReduceKind::minimum, x, axes));
  GANLET_TRY(const ValueId highest, reduce(builder, op::ReduceKind::maximum, x, axes));
  GANLET_TRY(const ValueId low, binary(builder, minimum, lowest, nothing));
  GANLET_TRY(const ValueId high, binary(builder, maximum, highest, nothing));
  GANLET_TRY(const ValueId range, binary(builder, subtract, high, low));
  GANLET_TRY(ValueId scale, binary(builder, divide, range, steps));
  if (!is_open) {
    GANLET_TRY(scale, builder.reshape(scale, {}));
  }
  GANLET_TRY(ValueId bottom, binary(builder, subtract, nothing, low));
  if (!is_open) {
    GANLET_TRY(bottom, builder.reshape(bottom, {}));
  }
  GANLET_TRY(const ValueId zero, quantized(builder, bottom, scale, no_value, to_uint8));
  GANLET_TRY(const ValueId zero_number,
             builder.emit(op::Cast{}, {zero}, DataType::float32, SymbolicShape(builder.shape(zero))));
  context.set(1, scale);
  context.set(2, zero);
  return context.give(quantized(builder, x, scale, zero_number, to_uint8));
}

namespace {

/// An input with a scale and a zero point, as float32. Returns its name.
Result<std::string> dequantized(Context& context, std::size_t x, std::string scale, std::size_t zero,
                                std::int64_t axis) {
  return context.compute("DequantizeLinear",
                         {context.name(x), std::move(scale), context.has_input(zero) ? context.name(zero) : ""},
                         attributes_with("axis", axis));
}

Result<std::string> one(Context& context) {
  GANLET_TRY(const ValueId id, number(context.builder, 1));
  return context.named(id);
}

/// Sums of quantized products are int32.
Result<void> give_integers(Context& context, std::string sums) {
  constexpr std::int64_t int32 = 6;
  return context.become("Cast", {std::move(sums)}, attributes_with("to", int32));
}

/// The attributes of the node, for the convolution that it has inside.
std::vector<onnx::Attribute> all_attributes(Context& context) {
  for (const onnx::Attribute& attribute : context.node().attributes)
    context.ignore(attribute.name);
  return onnx::clone(context.node()).attributes;
}

} // namespace

Result<void> lower_mat_mul_integer(Context& context) {
  GANLET_TRY(const std::string scale, one(context));
  GANLET_TRY(std::string a, dequantized(context, 0, scale, 2, -2));
  GANLET_TRY(std::string b, dequantized(context, 1, scale, 3, -1));
  GANLET_TRY(std::string sums, context.compute("MatMul", {std::move(a), std::move(b)}, {}));
  return give_integers(context, std::move(sums));
}

Result<void> lower_conv_integer(Context& context) {
  GANLET_TRY(const std::string scale, one(context));
  GANLET_TRY(std::string x, dequantized(context, 0, scale, 2, 1));
  GANLET_TRY(std::string weights, dequantized(context, 1, scale, 3, 0));
  GANLET_TRY(std::string sums, context.compute("Conv", {std::move(x), std::move(weights)}, all_attributes(context)));
  return give_integers(context, std::move(sums));
}

/// Inputs: a, its scale and zero point, b, its scale and zero point, the output's scale and zero point.
Result<void> lower_qlinear_mat_mul(Context& context) {
  GANLET_TRY(std::string a, dequantized(context, 0, context.name(1), 2, -2));
  GANLET_TRY(std::string b, dequantized(context, 3, context.name(4), 5, -1));
  GANLET_TRY(std::string product, context.compute("MatMul", {std::move(a), std::move(b)}, {}));
  return context.become("QuantizeLinear", {std::move(product), context.name(6), context.name(7)}, {});
}

/// Likewise of x and the weights; then the bias, whose scale is the product of those two.
Result<void> lower_qlinear_conv(Context& context) {
  GANLET_TRY(std::string x, dequantized(context, 0, context.name(1), 2, 1));
  GANLET_TRY(std::string weights, dequantized(context, 3, context.name(4), 5, 0));
  std::vector<std::string> inputs{std::move(x), std::move(weights)};
  if (context.has_input(8)) {
    GANLET_TRY(std::string scale, context.compute("Mul", {context.name(1), context.name(4)}, {}));
    GANLET_TRY(std::string bias, context.compute("DequantizeLinear", {context.name(8), std::move(scale)},
                                                 attributes_with("axis", std::int64_t{0})));
    inputs.push_back(std::move(bias));
  }
  GANLET_TRY(std::string sums, context.compute("Conv", std::move(inputs), all_attributes(context)));
  return context.become("QuantizeLinear", {std::move(sums), context.name(6), context.name(7)}, {});
}

} // namespace ganlet
