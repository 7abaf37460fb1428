#include <limits>

#include "moves.h"

namespace ganlet::testing {
namespace {

TEST(CumulativeSum, AddsUpAlongAnyAxis) {
  for_random_cases(60, [](Draw& draw) {
    const Shape shape = draw.shape(draw.rank(1, 4), 6);
    const int axis = draw.rank(0, shape.rank() - 1);
    Case a_case{.operation = op::CumulativeSum{axis}, .output = shape};
    a_case.inputs.push_back(draw.floats(shape));
    const Tensor result = expect_backends_agree(a_case, {});
    const auto sum_to = [&](auto place) {
      std::vector<std::int64_t> at(place.begin(), place.end());
      const auto along = static_cast<std::size_t>(axis);
      double sum = 0;
      for (at[along] = 0; at[along] <= place[along]; ++at[along])
        sum += element(a_case.inputs[0], offset_at(shape, at));
      return sum;
    };
    expect_near(result, computed(shape, sum_to), {1e-9, 1.2e-7});
  });
}

TEST(CumulativeSum, IntegersWrapAround) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  Case a_case{.operation = op::CumulativeSum{0}, .output = Shape{3}, .type = DataType::int64};
  a_case.inputs.push_back(Tensor::of<std::int64_t>(Shape{3}, {most, 1, 2}));
  expect_equal(expect_backends_agree(a_case, {}), Tensor::of<std::int64_t>(Shape{3}, {most, -most - 1, -most + 1}));
}

} // namespace
} // namespace ganlet::testing
