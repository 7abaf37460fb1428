#include <algorithm>
#include <limits>
#include <numeric>

#include "moves.h"

namespace ganlet::testing {
namespace {

/// A stable sort gives equal elements in their order.
TEST(TopK, IsTheBeginningOfAStableSort) {
  for_random_cases(80, [](Draw& draw) {
    const Shape shape = draw.shape(draw.rank(1, 4), 7);
    const int axis = draw.rank(0, shape.rank() - 1);
    const bool largest = draw.chance();
    std::vector<std::int64_t> sizes(shape.sizes().begin(), shape.sizes().end());
    sizes[static_cast<std::size_t>(axis)] = draw.integer(1, shape[axis]);
    Case a_case{.operation = op::TopK{axis, largest}, .output = shape_of(sizes), .type = DataType::int64};
    a_case.inputs.push_back(draw.chance() ? draw.integers(shape, -3, 3) : draw.floats(shape));
    const Tensor result = expect_backends_agree(a_case, {});
    expect_elements(result, [&](auto place) {
      std::vector<std::int64_t> at(place.begin(), place.end()), order(static_cast<std::size_t>(shape[axis]));
      std::iota(order.begin(), order.end(), std::int64_t{0});
      const auto value = [&](std::int64_t i) {
        at[static_cast<std::size_t>(axis)] = i;
        return element(a_case.inputs[0], offset_at(shape, at));
      };
      std::ranges::stable_sort(
          order, [&](std::int64_t i, std::int64_t j) { return largest ? value(i) > value(j) : value(i) < value(j); });
      return static_cast<double>(order[static_cast<std::size_t>(place[static_cast<std::size_t>(axis)])]);
    });
  });
}

TEST(TopK, WhatIsNoNumberIsTheLargest) {
  Case a_case{.operation = op::TopK{0, true}, .output = Shape{4}, .type = DataType::int64};
  constexpr float none = std::numeric_limits<float>::quiet_NaN();
  a_case.inputs.push_back(Tensor::of<float>(Shape{4}, {1, none, -2, none}));
  expect_equal(expect_backends_agree(a_case, {}), Tensor::of<std::int64_t>(Shape{4}, {1, 3, 0, 2}));
}

} // namespace
} // namespace ganlet::testing
