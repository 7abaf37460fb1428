#include <limits>

#include "core/text.h"
#include "graph/lower_ops.h"

namespace ganlet {

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

Result<ValueId> truth(Builder& builder, bool value) {
  return builder.constant(Tensor::of<std::uint8_t>(Shape{}, {static_cast<std::uint8_t>(value)}));
}

Result<ValueId> negated(Builder& builder, ValueId x) {
  GANLET_TRY(const ValueId no, truth(builder, false));
  return binary(builder, op::BinaryKind::equal, x, no);
}

} // namespace

Result<void> lower_logic(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId a, context.input_of(0, DataType::boolean));
  if (context.op_type() == "Not")
    return context.give(negated(builder, a));
  GANLET_TRY(const ValueId b, context.input_of(1, DataType::boolean));
  if (context.op_type() == "Xor") {
    GANLET_TRY(const ValueId equal, binary(builder, op::BinaryKind::equal, a, b));
    return context.give(negated(builder, equal));
  }
  const bool is_and = context.op_type() == "And";
  GANLET_TRY(const ValueId decided, truth(builder, !is_and));
  return context.give(is_and ? select(builder, a, b, decided) : select(builder, a, decided, b));
}

/// Of integers, bit by bit. Shifted numbers keep to 64 bits, whatever their type in the file.
Result<void> lower_bits(Context& context) {
  Builder& builder = context.builder;
  op::BinaryKind kind = context.op_type() == "BitwiseAnd"  ? op::BinaryKind::bit_and
                        : context.op_type() == "BitwiseOr" ? op::BinaryKind::bit_or
                                                           : op::BinaryKind::bit_xor;
  if (context.op_type() == "BitShift") {
    GANLET_TRY(const std::string direction, context.word("direction", ""));
    if (direction != "LEFT" && direction != "RIGHT")
      return builder.error(concat("direction '", printable(direction), "' must be LEFT or RIGHT"));
    kind = direction == "LEFT" ? op::BinaryKind::shift_left : op::BinaryKind::shift_right;
  }
  GANLET_TRY(const ValueId a, context.input_of(0, DataType::int64));
  GANLET_TRY(const ValueId b, context.input_of(1, DataType::int64));
  return context.give(binary(builder, kind, a, b));
}

Result<void> lower_bitwise_not(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.input_of(0, DataType::int64));
  GANLET_TRY(const ValueId ones, builder.constant(Tensor::of<std::int64_t>(Shape{}, {-1})));
  return context.give(binary(builder, op::BinaryKind::bit_xor, x, ones));
}

Result<void> lower_is_nan(Context& context) {
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const ValueId is_number, binary(context.builder, op::BinaryKind::equal, x, x));
  return context.give(negated(context.builder, is_number));
}

Result<void> lower_is_inf(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(ValueId x, context.float_input(0));
  GANLET_TRY(const std::int64_t positive, context.integer("detect_positive", 1));
  GANLET_TRY(const std::int64_t negative, context.integer("detect_negative", 1));
  if (positive != 0 && negative != 0) {
    GANLET_TRY(x, unary(builder, {op::UnaryKind::absolute, 0, 0}, x));
  }
  if (positive == 0 && negative == 0)
    return context.give(binary(builder, op::BinaryKind::less, x, x)); // nothing is
  GANLET_TRY(const ValueId bound, number(builder, positive != 0 ? infinity : -infinity));
  return context.give(binary(builder, op::BinaryKind::equal, x, bound));
}

} // namespace ganlet
