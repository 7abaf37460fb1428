#include <cmath>
#include <limits>

#include "moves.h"

namespace ganlet::testing {
namespace {

Tensor cast(Tensor from, DataType type, op::Narrow narrow = op::Narrow::none) {
  Case a_case{.operation = op::Cast{narrow}, .output = from.shape(), .type = type};
  a_case.inputs.push_back(std::move(from));
  return expect_backends_agree(a_case, {});
}

TEST(Cast, FloatsTruncateAndSaturate) {
  constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max(),
                         smallest = std::numeric_limits<std::int64_t>::min();
  expect_equal(cast(Tensor::of<float>(
                        Shape{9}, {0, 2.9F, -2.9F, 1e9F, 9.3e18F, -9.3e18F, HUGE_VALF, -9223372036854775808.0F, NAN}),
                    DataType::int64),
               Tensor::of<std::int64_t>(Shape{9}, {0, 2, -2, 1000000000, largest, smallest, largest, smallest, 0}));
}

TEST(Cast, AnythingButZeroIsTrue) {
  const Tensor wanted =
      Tensor::of<std::uint8_t>(Shape{4}, {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{1}, std::uint8_t{1}});
  expect_equal(cast(Tensor::of<float>(Shape{4}, {-0.0F, 0.5F, -3, NAN}), DataType::boolean), wanted);
  expect_equal(cast(Tensor::of<std::int64_t>(Shape{4}, {0, 1, -3, std::int64_t{1} << 40}), DataType::boolean), wanted);
}

TEST(Cast, IntegersAndBooleansToFloat) {
  for_random_cases(20, [](Draw& draw) {
    const Tensor integers = draw.integers(draw.shape(3), -1000, 1000), booleans = draw.booleans(draw.shape(3));
    for (const Tensor* from : {&integers, &booleans})
      for (const DataType type : {DataType::float32, DataType::int64})
        expect_elements(cast(from->clone(), type),
                        [&, i = std::int64_t{0}](auto) mutable { return element(*from, i++); });
  });
}

TEST(Cast, IntegersKeepTheirLowBits) {
  const auto narrowed = [](op::Narrow narrow) {
    return cast(Tensor::of<std::int64_t>(Shape{4}, {300, -1, 70000, (std::int64_t{1} << 32) + 5}), DataType::int64,
                narrow);
  };
  const auto wanted = [](std::initializer_list<std::int64_t> values) {
    return Tensor::of<std::int64_t>(Shape{4}, values);
  };
  expect_equal(narrowed(op::Narrow::uint8), wanted({44, 255, 112, 5}));
  expect_equal(narrowed(op::Narrow::int8), wanted({44, -1, 112, 5}));
  expect_equal(narrowed(op::Narrow::uint16), wanted({300, 65535, 4464, 5}));
  expect_equal(narrowed(op::Narrow::int16), wanted({300, -1, 4464, 5}));
  expect_equal(narrowed(op::Narrow::uint32), wanted({300, 4294967295, 70000, 5}));
  expect_equal(narrowed(op::Narrow::int32), wanted({300, -1, 70000, 5}));
}

TEST(Cast, HalfPrecisionRoundsHalvesToEven) {
  // Steps of 2^-10 above 1 and of 32 above 32768; subnormal steps of 2^-24; infinite from 65520 on.
  expect_equal(cast(Tensor::of<float>(Shape{9}, {1 + 0x1p-11F, 1 + 0x3p-11F, 32784.1F, 65519, 65520, -1e30F, 0x1.8p-24F,
                                                 0x1p-25F, -0.0F}),
                    DataType::float32, op::Narrow::float16),
               Tensor::of<float>(Shape{9}, {1, 1 + 0x2p-10F, 32800, 65504, HUGE_VALF, -HUGE_VALF, 0x2p-24F, 0, -0.0F}));
  // Steps of 2^-7 above 1.
  expect_equal(cast(Tensor::of<float>(Shape{4}, {1 + 0x1p-8F, 1 + 0x3p-8F, 3.4e38F, -1.001F}), DataType::float32,
                    op::Narrow::bfloat16),
               Tensor::of<float>(Shape{4}, {1, 1 + 0x2p-7F, HUGE_VALF, -1}));
}

} // namespace
} // namespace ganlet::testing
