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
  }
  return 0;
}

constexpr UnaryKind all_kinds[] = {
    UnaryKind::absolute,    UnaryKind::clamp,       UnaryKind::elu,        UnaryKind::error_function,
    UnaryKind::exponential, UnaryKind::gelu,        UnaryKind::gelu_tanh,  UnaryKind::leaky_relu,
    UnaryKind::logarithm,   UnaryKind::negate,      UnaryKind::reciprocal, UnaryKind::sigmoid,
    UnaryKind::softplus,    UnaryKind::square_root, UnaryKind::tanh,
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

bool needs_positive(UnaryKind kind) {
  return kind == UnaryKind::logarithm || kind == UnaryKind::square_root;
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
      if (needs_positive(kind))
        for (float& x : a_case.inputs[0].as<float>())
          x = std::fabs(x);
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
        if (!(std::fabs(wanted) > 1e-37 && std::fabs(wanted) < 3e38) || (kind == UnaryKind::gelu_tanh && x < -4))
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
}

} // namespace
} // namespace ganlet::testing
