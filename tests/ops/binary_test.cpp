#include <cmath>
#include <limits>

#include "op_test.h"
#include "reference/reference.h"

namespace ganlet::testing {
namespace {

using op::BinaryKind;

constexpr BinaryKind all_kinds[] = {BinaryKind::add,      BinaryKind::divide,  BinaryKind::equal,
                                    BinaryKind::maximum,  BinaryKind::minimum, BinaryKind::modulo,
                                    BinaryKind::multiply, BinaryKind::power,   BinaryKind::prelu,
                                    BinaryKind::subtract, BinaryKind::less,    BinaryKind::less_or_equal};

double formula(BinaryKind kind, double a, double b) {
  switch (kind) {
  case BinaryKind::add:
    return a + b;
  case BinaryKind::divide:
    return a / b;
  case BinaryKind::equal:
    return a == b;
  case BinaryKind::maximum:
    return std::max(a, b);
  case BinaryKind::minimum:
    return std::min(a, b);
  case BinaryKind::modulo:
    return std::fmod(a, b);
  case BinaryKind::multiply:
    return a * b;
  case BinaryKind::power:
    return std::pow(a, b);
  case BinaryKind::prelu:
    return a >= 0 ? a : a * b;
  case BinaryKind::subtract:
    return a - b;
  case BinaryKind::less:
    return a < b;
  case BinaryKind::less_or_equal:
    return a <= b;
  }
  return 0;
}

std::int64_t integer_formula(BinaryKind kind, std::int64_t a, std::int64_t b) {
  if (kind == BinaryKind::divide)
    return a / b;
  if (kind == BinaryKind::modulo)
    return a - b * static_cast<std::int64_t>(std::floor(static_cast<double>(a) / static_cast<double>(b)));
  return static_cast<std::int64_t>(formula(kind, static_cast<double>(a), static_cast<double>(b)));
}

/// A shape that broadcasts to `whole`: without some of the first axes, and with some sizes of 1.
Shape broadcastable(Draw& draw, const Shape& whole) {
  std::vector<std::int64_t> sizes;
  for (int axis = draw.rank(0, whole.rank()); axis < whole.rank(); ++axis)
    sizes.push_back(draw.integer(0, 3) == 0 ? 1 : whole[axis]);
  return shape_of(sizes);
}

/// The element of a tensor that stands at a place of the whole shape.
std::size_t source(const Shape& shape, std::span<const std::int64_t> place) {
  std::int64_t offset = 0;
  for (int axis = 0; axis < shape.rank(); ++axis)
    offset = offset * shape[axis] +
             (shape[axis] == 1 ? 0 : place[place.size() - static_cast<std::size_t>(shape.rank() - axis)]);
  return static_cast<std::size_t>(offset);
}

Case random_case(Draw& draw, BinaryKind kind) {
  const Shape whole = draw.shape(draw.rank(0, 5));
  Case a_case{.operation = op::Binary{kind}, .output = whole};
  if (op::compares(kind))
    a_case.type = DataType::boolean;
  return a_case;
}

TEST(Binary, Float32Broadcasts) {
  for (const BinaryKind kind : all_kinds) {
    SCOPED_TRACE(op::names_of(op::Binary{kind}).name);
    for_random_cases(20, [kind](Draw& draw) {
      Case a_case = random_case(draw, kind);
      const bool swapped = draw.chance();
      a_case.inputs.push_back(draw.floats(swapped ? broadcastable(draw, a_case.output) : a_case.output, 2));
      a_case.inputs.push_back(draw.floats(swapped ? a_case.output : broadcastable(draw, a_case.output), 2));
      if (kind == BinaryKind::power)
        for (float& base : a_case.inputs[0].as<float>())
          base = std::fabs(base);
      if (op::compares(kind))
        for (Tensor& input : a_case.inputs)
          for (float& value : input.as<float>())
            value = std::round(value);
      const Tensor result = expect_backends_agree(a_case, {1e-6, 1e-6});
      const auto value = [&](auto place) {
        return formula(kind, a_case.inputs[0].as<float>()[source(a_case.inputs[0].shape(), place)],
                       a_case.inputs[1].as<float>()[source(a_case.inputs[1].shape(), place)]);
      };
      if (!op::compares(kind))
        return expect_near(result, computed(a_case.output, value), {0, 1.2e-7});
      std::size_t i = 0;
      for_each_place(a_case.output, [&](auto place) { EXPECT_EQ(result.as<std::uint8_t>()[i++], value(place)); });
    });
  }
}

TEST(Binary, Int64Broadcasts) {
  for (const BinaryKind kind : all_kinds) {
    SCOPED_TRACE(op::names_of(op::Binary{kind}).name);
    for_random_cases(20, [kind](Draw& draw) {
      Case a_case = random_case(draw, kind);
      if (!op::compares(kind))
        a_case.type = DataType::int64;
      a_case.inputs.push_back(draw.integers(a_case.output, -9, 9));
      a_case.inputs.push_back(draw.integers(broadcastable(draw, a_case.output), kind == BinaryKind::power ? 0 : -9, 9));
      for (std::int64_t& value : a_case.inputs[1].as<std::int64_t>())
        value = value == 0 && (kind == BinaryKind::divide || kind == BinaryKind::modulo) ? 1 : value;
      const Tensor result = expect_backends_agree(a_case, {});
      std::size_t i = 0;
      for_each_place(a_case.output, [&](auto place) {
        const std::int64_t wanted =
            integer_formula(kind, a_case.inputs[0].as<std::int64_t>()[source(a_case.inputs[0].shape(), place)],
                            a_case.inputs[1].as<std::int64_t>()[source(a_case.inputs[1].shape(), place)]);
        EXPECT_EQ(op::compares(kind) ? result.as<std::uint8_t>()[i] : result.as<std::int64_t>()[i], wanted);
        ++i;
      });
    });
  }
}

template <typename T> Result<T> of(BinaryKind kind, T a, T b) {
  const Tensor x = Tensor::of<T>(Shape{}, {a}), y = Tensor::of<T>(Shape{}, {b});
  const TensorView views[] = {x.view(), y.view()};
  Tensor out(data_type_of<T>(), Shape{});
  GANLET_CHECK(reference::evaluate(op::Binary{kind}, views, out.view()));
  return out.as<T>()[0];
}

/// The special cases of IEEE 754's pow, which the C library has too.
TEST(Binary, PowerAtItsEdges) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const float edges[] = {0.0F, -0.0F, 1, -1, 0.5F, -0.5F, 2, -2, 3, -3, 2.5F, 16777217.0F, infinity, -infinity, NAN};
  for (const float x : edges)
    for (const float y : edges) {
      const float given = *of(BinaryKind::power, x, y),
                  wanted = static_cast<float>(std::pow(static_cast<double>(x), static_cast<double>(y)));
      if (std::isnan(wanted))
        EXPECT_TRUE(std::isnan(given)) << x << " to the power of " << y;
      else
        EXPECT_TRUE(given == wanted && std::signbit(given) == std::signbit(wanted))
            << x << " to the power of " << y << " is " << given;
    }
}

TEST(Binary, NaNWinsAgainstNumbers) {
  for (const BinaryKind kind : {BinaryKind::maximum, BinaryKind::minimum}) {
    EXPECT_TRUE(std::isnan(*of(kind, NAN, 1.0F)));
    EXPECT_TRUE(std::isnan(*of(kind, 1.0F, NAN)));
  }
}

TEST(Binary, IntegersDivideByZeroWithAnError) {
  for (const BinaryKind kind : {BinaryKind::divide, BinaryKind::modulo}) {
    const auto refused = of<std::int64_t>(kind, 5, 0);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(refused.error().message(), "an integer is divided by 0");
  }
  EXPECT_FALSE(of<std::int64_t>(BinaryKind::power, 0, -1));
}

TEST(Binary, OfBits) {
  constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(of<std::int64_t>(BinaryKind::bit_and, 0b1100, 0b1010), 0b1000);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::bit_or, 0b1100, 0b1010), 0b1110);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::bit_xor, 0b1100, 0b1010), 0b0110);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::bit_xor, 5, -1), -6);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::shift_left, 3, 4), 48);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::shift_left, 1, 63), smallest);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::shift_right, 48, 4), 3);
  for (const std::int64_t beyond : {std::int64_t{64}, std::int64_t{-1}, smallest}) {
    EXPECT_EQ(of<std::int64_t>(BinaryKind::shift_left, 1, beyond), 0);
    EXPECT_EQ(of<std::int64_t>(BinaryKind::shift_right, -1, beyond), 0);
  }
}

TEST(Binary, IntegersWrapAround) {
  constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max(),
                         smallest = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(of<std::int64_t>(BinaryKind::add, largest, 1), smallest);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::subtract, smallest, 1), largest);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::multiply, largest, 2), -2);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::divide, smallest, -1), smallest);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::modulo, smallest, -1), 0);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::power, -2, 63), smallest);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::power, -1, -3), -1);
  EXPECT_EQ(of<std::int64_t>(BinaryKind::power, 7, -1), 0);
}

} // namespace
} // namespace ganlet::testing
