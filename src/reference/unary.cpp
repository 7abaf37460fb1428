#include <cmath>

#include "reference/elementary.h"
#include "reference/loops.h"
#include "reference/rare_unary.h"

namespace ganlet::reference {

namespace {

double value_at(const op::Unary& operation, double x) {
  const double a = static_cast<double>(operation.a), b = static_cast<double>(operation.b);
  constexpr double square_root_of_half = 0.7071067811865476, square_root_of_two_per_pi = 0.7978845608028654;
  switch (operation.kind) {
  case op::UnaryKind::absolute:
    return std::fabs(x);
  case op::UnaryKind::clamp:
    return x < a ? a : x > b ? b : x;
  case op::UnaryKind::elu:
    return x < 0 ? a * exponential_minus_one(x) : x;
  case op::UnaryKind::error_function:
    return error_function(x);
  case op::UnaryKind::exponential:
    return exponential(x);
  case op::UnaryKind::gelu:
    return x == -HUGE_VAL ? 0 : 0.5 * x * complementary_error_function(-x * square_root_of_half);
  case op::UnaryKind::gelu_tanh:
    // (1 + tanh(u)) / 2 equals sigmoid(2 u).
    return x == -HUGE_VAL ? 0 : x / (1 + exponential(-2 * square_root_of_two_per_pi * (x + 0.044715 * x * x * x)));
  case op::UnaryKind::leaky_relu:
    return x < 0 ? a * x : x;
  case op::UnaryKind::logarithm:
    return logarithm(x);
  case op::UnaryKind::negate:
    return -x;
  case op::UnaryKind::reciprocal:
    return 1 / x;
  case op::UnaryKind::sigmoid:
    return 1 / (1 + exponential(-x));
  case op::UnaryKind::softplus:
    return x > 0 ? x + logarithm_of_one_plus(exponential(-x)) : logarithm_of_one_plus(exponential(x));
  case op::UnaryKind::square_root:
    return std::sqrt(x);
  case op::UnaryKind::tanh:
    return hyperbolic_tangent(x);
  case op::UnaryKind::ceiling:
    return std::ceil(x);
  case op::UnaryKind::floor:
    return std::floor(x);
  case op::UnaryKind::round:
    return std::nearbyint(x);
  case op::UnaryKind::sign:
    return x > 0 ? 1 : x < 0 ? -1 : x;
  default:
    return rare_value_at(operation.kind, x);
  }
}

} // namespace

Result<void> run(const op::Unary& operation, Inputs inputs, const TensorView& output, Work& work) {
  const std::span<const float> from = inputs[0].as<const float>();
  const std::span<float> to = output.as<float>();
  work.split(output.shape.elements());
  for (std::size_t i = 0; i < to.size() && work.turn(); ++i)
    to[i] = static_cast<float>(value_at(operation, static_cast<double>(from[i])));
  return work.result();
}

} // namespace ganlet::reference
