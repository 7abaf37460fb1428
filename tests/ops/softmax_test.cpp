#include <cmath>
#include <limits>

#include "op_test.h"

namespace ganlet::testing {
namespace {

TEST(Softmax, OverAnyAxis) {
  for_random_cases(60, [](Draw& draw) {
    const Shape shape = draw.shape(draw.rank(1, 5));
    const int axis = draw.rank(0, shape.rank() - 1);
    Case a_case{.operation = op::Softmax{axis}, .output = shape, .batched = axis > 0};
    a_case.inputs.push_back(draw.floats(shape, 4));
    const Tensor result = expect_backends_agree(a_case, {1e-6, 1e-5});
    const auto x = a_case.inputs[0].as<float>();
    const auto at = [&](std::vector<std::int64_t> place, std::int64_t i) {
      place[static_cast<std::size_t>(axis)] = i;
      std::int64_t offset = 0;
      for (int a = 0; a < shape.rank(); ++a)
        offset = offset * shape[a] + place[static_cast<std::size_t>(a)];
      return std::exp(static_cast<double>(x[static_cast<std::size_t>(offset)]));
    };
    expect_near(result,
                computed(shape,
                         [&](auto place) {
                           const std::vector<std::int64_t> line(place.begin(), place.end());
                           double sum = 0;
                           for (std::int64_t i = 0; i < shape[axis]; ++i)
                             sum += at(line, i);
                           return at(line, place[static_cast<std::size_t>(axis)]) / sum;
                         }),
                {0, 1.2e-7});
  });
}

TEST(Softmax, LargeValuesDontOverflow) {
  Case a_case{.operation = op::Softmax{0}, .output = Shape{3}};
  a_case.inputs.push_back(Tensor::of<float>(Shape{3}, {1e30F, 1e30F, -std::numeric_limits<float>::infinity()}));
  expect_equal(evaluated(a_case), Tensor::of<float>(Shape{3}, {0.5F, 0.5F, 0}));
}

} // namespace
} // namespace ganlet::testing
