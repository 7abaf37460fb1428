// Activations that are combinations of other operations.

#include <limits>

#include "graph/lower_ops.h"

namespace ganlet {

namespace {

using op::BinaryKind, op::UnaryKind;

/// x and a number.
Result<ValueId> with(Builder& builder, BinaryKind kind, ValueId x, float value) {
  GANLET_TRY(const ValueId constant, number(builder, value));
  return binary(builder, kind, x, constant);
}

/// x times f(x), as gated activations are.
Result<void> give_gated(Context& context, ValueId x, Result<ValueId> gate) {
  GANLET_TRY(const ValueId factor, std::move(gate));
  return context.give(binary(context.builder, BinaryKind::multiply, x, factor));
}

Result<ValueId> hard_sigmoid(Builder& builder, ValueId x, float alpha, float beta) {
  GANLET_TRY(const ValueId scaled, with(builder, BinaryKind::multiply, x, alpha));
  GANLET_TRY(const ValueId moved, with(builder, BinaryKind::add, scaled, beta));
  return unary(builder, {UnaryKind::clamp, 0, 1}, moved);
}

} // namespace

Result<void> lower_celu(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const float alpha, context.number("alpha", 1));
  GANLET_TRY(const ValueId scaled, with(builder, BinaryKind::divide, x, alpha));
  GANLET_TRY(const ValueId bent, unary(builder, {UnaryKind::elu, 1, 0}, scaled));
  return context.give(with(builder, BinaryKind::multiply, bent, alpha));
}

Result<void> lower_hard_sigmoid(Context& context) {
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const float alpha, context.number("alpha", 0.2F));
  GANLET_TRY(const float beta, context.number("beta", 0.5F));
  return context.give(hard_sigmoid(context.builder, x, alpha, beta));
}

Result<void> lower_hard_swish(Context& context) {
  GANLET_TRY(const ValueId x, context.float_input(0));
  return give_gated(context, x, hard_sigmoid(context.builder, x, 1.0F / 6, 0.5F));
}

Result<void> lower_log_softmax(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const std::int64_t file_axis, context.integer("axis", -1));
  GANLET_TRY(const int axis, checked_axis(builder, file_axis, builder.rank(x)));
  const std::span axes(&axis, 1);
  GANLET_TRY(const ValueId greatest, reduce(builder, op::ReduceKind::maximum, x, axes));
  GANLET_TRY(const ValueId lowered, binary(builder, BinaryKind::subtract, x, greatest));
  GANLET_TRY(const ValueId powers, unary(builder, {UnaryKind::exponential, 0, 0}, lowered));
  GANLET_TRY(const ValueId sum, reduce(builder, op::ReduceKind::sum, powers, axes));
  GANLET_TRY(const ValueId logarithm, unary(builder, {UnaryKind::logarithm, 0, 0}, sum));
  return context.give(binary(builder, BinaryKind::subtract, lowered, logarithm));
}

Result<void> lower_mish(Context& context) {
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const ValueId positive, unary(context.builder, {UnaryKind::softplus, 0, 0}, x));
  return give_gated(context, x, unary(context.builder, {UnaryKind::tanh, 0, 0}, positive));
}

Result<void> lower_selu(Context& context) {
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const float alpha, context.number("alpha", 1.67326319F));
  GANLET_TRY(const float gamma, context.number("gamma", 1.05070102F));
  GANLET_TRY(const ValueId bent, unary(context.builder, {UnaryKind::elu, alpha, 0}, x));
  return context.give(with(context.builder, BinaryKind::multiply, bent, gamma));
}

/// 0 within lambd of 0; beyond, nearer to it by the bias.
Result<void> lower_shrink(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const float bias, context.number("bias", 0));
  GANLET_TRY(const float bound, context.number("lambd", 0.5F));
  GANLET_TRY(const ValueId low, with(builder, BinaryKind::less, x, -bound));
  GANLET_TRY(const ValueId high, with(builder, BinaryKind::less_or_equal, x, bound));
  GANLET_TRY(const ValueId raised, with(builder, BinaryKind::add, x, bias));
  GANLET_TRY(const ValueId lowered, with(builder, BinaryKind::subtract, x, bias));
  GANLET_TRY(const ValueId zero, number(builder, 0));
  GANLET_TRY(const ValueId right, select(builder, high, zero, lowered));
  return context.give(select(builder, low, raised, right));
}

Result<void> lower_softsign(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const ValueId size, unary(builder, {UnaryKind::absolute, 0, 0}, x));
  GANLET_TRY(const ValueId divisor, with(builder, BinaryKind::add, size, 1));
  return context.give(binary(builder, BinaryKind::divide, x, divisor));
}

Result<void> lower_swish(Context& context) {
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const float alpha, context.number("alpha", 1));
  GANLET_TRY(const ValueId scaled, with(context.builder, BinaryKind::multiply, x, alpha));
  return give_gated(context, x, unary(context.builder, {UnaryKind::sigmoid, 0, 0}, scaled));
}

Result<void> lower_thresholded_relu(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const float bound, context.number("alpha", 1));
  GANLET_TRY(const ValueId low, with(builder, BinaryKind::less_or_equal, x, bound));
  GANLET_TRY(const ValueId zero, number(builder, 0));
  return context.give(select(builder, low, zero, x));
}

} // namespace ganlet
