#include <cmath>
#include <limits>

#include "moves.h"

namespace ganlet::testing {
namespace {

Tensor cast(Tensor from, DataType type) {
  Case a_case{.operation = op::Cast{}, .output = from.shape(), .type = type};
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

} // namespace
} // namespace ganlet::testing
