#include <cmath>
#include <limits>

#include "op_test.h"

namespace ganlet::testing {
namespace {

using op::UnaryKind;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

/// The math library's idea of each kind, in double.
double formula(const op::Unary& operation, double x) {
  switch (operation.kind) {
  case UnaryKind::absolute:
    return std::abs(x);
  case UnaryKind::clamp:
    return std::min(std::max(x, static_cast<double>(operation.a)), static_cast<double>(operation.b));
  case UnaryKind::elu:
    return x < 0 ? operation.a * std::expm1(x) : x;
  case UnaryKind::error_function:
    return std::erf(x);
  case UnaryKind::exponential:
    return std::exp(x);
  case UnaryKind::gelu:
    return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
  case UnaryKind::gelu_tanh:
    return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (x + 0.044715 * x * x * x)));
  case UnaryKind::leaky_relu:
    return x < 0 ? operation.a * x : x;
  case UnaryKind::logarithm:
    return std::log(x);
  case UnaryKind::negate:
    return -x;
  case UnaryKind::reciprocal:
    return 1 / x;
  case UnaryKind::sigmoid:
    return 1 / (1 + std::exp(-x));
  case UnaryKind::softplus:
    return std::log1p(std::exp(x));
  case UnaryKind::square_root:
    return std::sqrt(x);
  case UnaryKind::tanh:
    return std::tanh(x);
  case UnaryKind::arc_cosine:
    return std::acos(x);
  case UnaryKind::arc_sine:
    return std::asin(x);
  case UnaryKind::arc_tangent:
    return std::atan(x);
  case UnaryKind::ceiling:
    return std::ceil(x);
  case UnaryKind::cosine:
    return std::cos(x);
  case UnaryKind::floor:
    return std::floor(x);
  case UnaryKind::hyperbolic_cosine:
    return std::cosh(x);
  case UnaryKind::hyperbolic_sine:
    return std::sinh(x);
  case UnaryKind::inverse_hyperbolic_cosine:
    return std::acosh(x);
  case UnaryKind::inverse_hyperbolic_sine:
    return std::asinh(x);
  case UnaryKind::inverse_hyperbolic_tangent:
    return std::atanh(x);
  case UnaryKind::round:
    return std::rint(x);
  case UnaryKind::sign:
    return x > 0 ? 1 : x < 0 ? -1 : 0;
  case UnaryKind::sine:
    return std::sin(x);
  case UnaryKind::tangent:
    return std::tan(x);
  }
  return 0;
}

constexpr UnaryKind all_kinds[] = {
    UnaryKind::absolute,
    UnaryKind::clamp,
    UnaryKind::elu,
    UnaryKind::error_function,
    UnaryKind::exponential,
    UnaryKind::gelu,
    UnaryKind::gelu_tanh,
    UnaryKind::leaky_relu,
    UnaryKind::logarithm,
    UnaryKind::negate,
    UnaryKind::reciprocal,
    UnaryKind::sigmoid,
    UnaryKind::softplus,
    UnaryKind::square_root,
    UnaryKind::tanh,
    UnaryKind::arc_cosine,
    UnaryKind::arc_sine,
    UnaryKind::arc_tangent,
    UnaryKind::ceiling,
    UnaryKind::cosine,
    UnaryKind::floor,
    UnaryKind::hyperbolic_cosine,
    UnaryKind::hyperbolic_sine,
    UnaryKind::inverse_hyperbolic_cosine,
    UnaryKind::inverse_hyperbolic_sine,
    UnaryKind::inverse_hyperbolic_tangent,
    UnaryKind::round,
    UnaryKind::sign,
    UnaryKind::sine,
    UnaryKind::tangent,
};

op::Unary with_parameters(UnaryKind kind) {
  switch (kind) {
  case UnaryKind::clamp:
    return {kind, -0.75F, 1.25F};
  case UnaryKind::elu:
    return {kind, 1.5F, 0};
  case UnaryKind::leaky_relu:
    return {kind, 0.2F, 0};
  default:
    return {kind, 0, 0};
  }
}

/// x, moved to where the kind is defined.
float defined(UnaryKind kind, float x) {
  switch (kind) {
  case UnaryKind::logarithm:
  case UnaryKind::square_root:
    return std::fabs(x);
  case UnaryKind::inverse_hyperbolic_cosine:
    return 1 + std::fabs(x);
  case UnaryKind::arc_cosine:
  case UnaryKind::arc_sine:
  case UnaryKind::inverse_hyperbolic_tangent:
    return x / (1 + std::fabs(x));
  default:
    return x;
  }
}

/// XNNPACK's own approximations are good to about 1e-6.
TEST(Unary, AgreesWithTheMathLibrary) {
  for (const UnaryKind kind : all_kinds) {
    SCOPED_TRACE(op::names_of(op::Unary{kind}).name);
    for_random_cases(10, [kind](Draw& draw) {
      const Shape shape = draw.shape(draw.rank(1, 4), 9);
      const op::Unary operation = with_parameters(kind);
      Case a_case{.operation = operation, .output = shape, .batched = true};
      a_case.inputs.push_back(draw.floats(shape, 3));
      for (float& x : a_case.inputs[0].as<float>())
        x = defined(kind, x);
      const Tensor result = expect_backends_agree(a_case, {2e-6, 1e-5});
      std::size_t i = 0;
      const auto x = a_case.inputs[0].as<float>();
      // One unit in the last place: where a double lies close to the middle between two floats, either is right.
      expect_near(result, computed(shape, [&](auto) { return formula(operation, static_cast<double>(x[i++])); }),
                  {1e-12, 1.2e-7});
    });
  }
}

float of(UnaryKind kind, float x) {
  Case a_case{.operation = with_parameters(kind), .output = Shape{}};
  a_case.inputs.push_back(Tensor::of<float>(Shape{}, {x}));
  return evaluated(a_case).as<float>()[0];
}

/// Relative precision wherever the result isn't tiny: from 1e-30 to 80, both signs.
TEST(Unary, StaysPreciseFarOut) {
  for (const UnaryKind kind : all_kinds)
    for (float size = 1e-30F; size < 80; size *= 1.37F)
      for (const float x : {size, -size}) {
        const double wanted = formula(with_parameters(kind), static_cast<double>(x));
        if (std::isnan(wanted) || !(std::fabs(wanted) > 1e-37 && std::fabs(wanted) < 3e38) ||
            (kind == UnaryKind::gelu_tanh && x < -4))
          continue;
        EXPECT_NEAR(of(kind, x) / wanted, 1, 1.2e-7) << op::names_of(op::Unary{kind}).name << " of " << x;
      }
}

TEST(Unary, Limits) {
  EXPECT_EQ(of(UnaryKind::exponential, infinity), infinity);
  EXPECT_EQ(of(UnaryKind::exponential, 89), infinity);
  EXPECT_EQ(of(UnaryKind::exponential, -infinity), 0);
  EXPECT_EQ(of(UnaryKind::exponential, 0), 1);
  EXPECT_EQ(of(UnaryKind::logarithm, 0), -infinity);
  EXPECT_EQ(of(UnaryKind::logarithm, infinity), infinity);
  EXPECT_EQ(of(UnaryKind::logarithm, 1), 0);
  EXPECT_TRUE(std::isnan(of(UnaryKind::logarithm, -1)));
  EXPECT_EQ(of(UnaryKind::tanh, infinity), 1);
  EXPECT_EQ(of(UnaryKind::tanh, -infinity), -1);
  EXPECT_EQ(of(UnaryKind::sigmoid, -infinity), 0);
  EXPECT_EQ(of(UnaryKind::sigmoid, infinity), 1);
  EXPECT_EQ(of(UnaryKind::softplus, infinity), infinity);
  EXPECT_EQ(of(UnaryKind::softplus, -infinity), 0);
  EXPECT_EQ(of(UnaryKind::error_function, infinity), 1);
  EXPECT_EQ(of(UnaryKind::error_function, -infinity), -1);
  EXPECT_EQ(of(UnaryKind::gelu, infinity), infinity);
  EXPECT_EQ(of(UnaryKind::gelu, -infinity), 0);
  EXPECT_EQ(of(UnaryKind::gelu_tanh, infinity), infinity);
  EXPECT_EQ(of(UnaryKind::gelu_tanh, -infinity), 0);
  EXPECT_EQ(of(UnaryKind::elu, -infinity), -1.5F);
  EXPECT_EQ(of(UnaryKind::reciprocal, 0), infinity);
  EXPECT_TRUE(std::isnan(of(UnaryKind::sine, infinity)));
  EXPECT_EQ(of(UnaryKind::arc_tangent, -infinity), -0x1.921fb6p+0F);
  EXPECT_EQ(of(UnaryKind::arc_sine, 1), 0x1.921fb6p+0F);
  EXPECT_EQ(of(UnaryKind::arc_cosine, -1), 0x1.921fb6p+1F);
  EXPECT_TRUE(std::isnan(of(UnaryKind::arc_cosine, 1.5F)));
  EXPECT_TRUE(std::isnan(of(UnaryKind::arc_sine, -1.5F)));
  EXPECT_EQ(of(UnaryKind::hyperbolic_sine, -infinity), -infinity);
  EXPECT_EQ(of(UnaryKind::hyperbolic_cosine, -infinity), infinity);
  EXPECT_EQ(of(UnaryKind::inverse_hyperbolic_sine, -infinity), -infinity);
  EXPECT_EQ(of(UnaryKind::inverse_hyperbolic_cosine, infinity), infinity);
  EXPECT_TRUE(std::isnan(of(UnaryKind::inverse_hyperbolic_cosine, 0.5F)));
  EXPECT_EQ(of(UnaryKind::inverse_hyperbolic_tangent, -1), -infinity);
  EXPECT_TRUE(std::isnan(of(UnaryKind::inverse_hyperbolic_tangent, 1.5F)));
  EXPECT_EQ(of(UnaryKind::round, 2.5F), 2);
}

/// The period's error grows with the argument; this is far beyond any network's.
TEST(Unary, CirclesOfLargeNumbers) {
  for (const float x : {9.9e5F, 1.1e6F, -3e7F}) {
    EXPECT_NEAR(of(UnaryKind::sine, x), std::sin(static_cast<double>(x)), 1e-7);
    EXPECT_NEAR(of(UnaryKind::cosine, x), std::cos(static_cast<double>(x)), 1e-7);
  }
}

TEST(Unary, NaNStaysNaN) {
  for (const UnaryKind kind : all_kinds)
    EXPECT_TRUE(std::isnan(of(kind, not_a_number))) << op::names_of(op::Unary{kind}).name;
}

/// Bits, not values: these must not change with the platform, the compiler or the math library.
TEST(Unary, KnownBits) {
  EXPECT_EQ(of(UnaryKind::exponential, 0x1p+0F), 0x1.5bf0a8p+1F);
  EXPECT_EQ(of(UnaryKind::exponential, -0x1.44ccccp+4F), 0x1.a3b8f2p-30F);
  EXPECT_EQ(of(UnaryKind::exponential, 0x1.47ae14p-7F), 0x1.0292a6p+0F);
  EXPECT_EQ(of(UnaryKind::logarithm, 0x1.4p+3F), 0x1.26bb1cp+1F);
  EXPECT_EQ(of(UnaryKind::logarithm, 0x1.00068ep+0F), 0x1.a37aa2p-14F);
  EXPECT_EQ(of(UnaryKind::tanh, 0x1p-1F), 0x1.d9353ep-2F);
  EXPECT_EQ(of(UnaryKind::tanh, -0x1.0624dep-10F), -0x1.0624d8p-10F);
  EXPECT_EQ(of(UnaryKind::tanh, 0x1.8p+1F), 0x1.fd77d2p-1F);
  EXPECT_EQ(of(UnaryKind::sigmoid, -0x1p+1F), 0x1.e84152p-4F);
  EXPECT_EQ(of(UnaryKind::sigmoid, 0x1.ep+4F), 0x1p+0F);
  EXPECT_EQ(of(UnaryKind::error_function, 0x1.666666p-1F), 0x1.5b08c2p-1F);
  EXPECT_EQ(of(UnaryKind::error_function, 0x1.4p+1F), 0x1.ffcaa8p-1F);
  EXPECT_EQ(of(UnaryKind::gelu, -0x1.8p+0F), -0x1.9a76a4p-4F);
  EXPECT_EQ(of(UnaryKind::softplus, 0x1.333334p-2F), 0x1.b56e0ep-1F);
  EXPECT_EQ(of(UnaryKind::elu, -0x1.47ae14p-7F), -0x1.e9121p-7F);
  EXPECT_EQ(of(UnaryKind::square_root, 0x1p+1F), 0x1.6a09e6p+0F);
  EXPECT_EQ(of(UnaryKind::sine, 0x1.4p+3F), -0x1.1689fp-1F);
  EXPECT_EQ(of(UnaryKind::cosine, 0x1.4p+3F), -0x1.ad9ac8p-1F);
  EXPECT_EQ(of(UnaryKind::arc_tangent, 0x1.8p+1F), 0x1.3fc176p+0F);
  EXPECT_EQ(of(UnaryKind::inverse_hyperbolic_sine, 0x1.8p+1F), 0x1.d185b6p+0F);
}

} // namespace
} // namespace ganlet::testing
