#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "op_test.h"

namespace ganlet::testing {
namespace {

/// The elements of x, by their place among the axes that stay.
std::vector<std::vector<double>> grouped(const Tensor& x, const std::vector<int>& axes) {
  const Shape& shape = x.shape();
  std::int64_t kept = 1;
  for (int axis = 0; axis < shape.rank(); ++axis)
    kept *= std::ranges::find(axes, axis) == axes.end() ? shape[axis] : 1;
  std::vector<std::vector<double>> groups(static_cast<std::size_t>(kept));
  std::size_t i = 0;
  for_each_place(shape, [&](auto place) {
    std::int64_t to = 0;
    for (int axis = 0; axis < shape.rank(); ++axis)
      if (std::ranges::find(axes, axis) == axes.end())
        to = to * shape[axis] + place[static_cast<std::size_t>(axis)];
    groups[static_cast<std::size_t>(to)].push_back(static_cast<double>(x.as<float>()[i++]));
  });
  return groups;
}

double reduced(op::ReduceKind kind, const std::vector<double>& values) {
  if (kind == op::ReduceKind::maximum)
    return *std::ranges::max_element(values);
  if (kind == op::ReduceKind::minimum)
    return *std::ranges::min_element(values);
  if (kind == op::ReduceKind::product)
    return std::accumulate(values.begin(), values.end(), 1.0, std::multiplies<>());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  return kind == op::ReduceKind::mean ? sum / static_cast<double>(values.size()) : sum;
}

TEST(Reduce, OverAnyAxes) {
  for_random_cases(120, [](Draw& draw) {
    const Shape shape = draw.shape(draw.rank(1, 5), 6);
    op::Reduce reduce{draw.one_of({op::ReduceKind::mean, op::ReduceKind::sum, op::ReduceKind::maximum,
                                   op::ReduceKind::minimum, op::ReduceKind::product}),
                      {}};
    std::vector<std::int64_t> sizes;
    const bool keep = draw.chance();
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const bool reduced = draw.chance();
      if (reduced)
        reduce.axes.push_back(axis);
      if (!reduced || keep)
        sizes.push_back(reduced ? 1 : shape[axis]);
    }
    Case a_case{.operation = reduce, .output = shape_of(sizes)};
    a_case.inputs.push_back(draw.floats(shape));
    const Tensor result = expect_backends_agree(a_case, {2e-5, 1e-5});
    const auto groups = grouped(a_case.inputs[0], reduce.axes);
    std::size_t i = 0;
    expect_near(result, computed(a_case.output, [&](auto) { return reduced(reduce.kind, groups[i++]); }),
                {1e-9, 1.2e-7});
  });
}

/// As GlobalAveragePool has it: rows and columns of (N,H,W,C), with a batch.
TEST(Reduce, ImagesToTheirMean) {
  for_random_cases(20, [](Draw& draw) {
    const Shape shape = draw.shape(4, 20);
    Case a_case{.operation = op::Reduce{op::ReduceKind::mean, {1, 2}},
                .output = shape_of({shape[0], 1, 1, shape[3]}),
                .batched = true};
    a_case.inputs.push_back(draw.floats(shape));
    expect_backends_agree(a_case, {1e-5, 1e-5});
  });
}

TEST(Reduce, NothingSumsToZero) {
  Case a_case{.operation = op::Reduce{op::ReduceKind::sum, {1}}, .output = Shape{2, 1}};
  a_case.inputs.push_back(Tensor(DataType::float32, Shape{2, 0}));
  expect_equal(expect_backends_agree(a_case, {}), Tensor::of<float>(Shape{2, 1}, {0, 0}));
}

TEST(Reduce, IntegersWrapAround) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const auto of = [](op::ReduceKind kind) {
    Case a_case{.operation = op::Reduce{kind, {0}}, .output = Shape{}, .type = DataType::int64};
    a_case.inputs.push_back(Tensor::of<std::int64_t>(Shape{3}, {most, 2, -5}));
    return expect_backends_agree(a_case, {}).as<std::int64_t>()[0];
  };
  EXPECT_EQ(of(op::ReduceKind::sum), most - 3);
  EXPECT_EQ(of(op::ReduceKind::product), 10);
  EXPECT_EQ(of(op::ReduceKind::maximum), most);
  EXPECT_EQ(of(op::ReduceKind::minimum), -5);
}

TEST(Reduce, WhatIsNoNumberWins) {
  constexpr float none = std::numeric_limits<float>::quiet_NaN();
  for (const op::ReduceKind kind : {op::ReduceKind::maximum, op::ReduceKind::minimum}) {
    Case a_case{.operation = op::Reduce{kind, {0}}, .output = Shape{}};
    a_case.inputs.push_back(Tensor::of<float>(Shape{3}, {1, none, 2}));
    EXPECT_TRUE(std::isnan(evaluated(a_case).as<float>()[0]));
  }
}

/// In float32, 2^24 + 1 is 2^24.
TEST(Reduce, SumsAreKeptInDouble) {
  Case a_case{.operation = op::Reduce{op::ReduceKind::sum, {0}}, .output = Shape{}};
  a_case.inputs.push_back(Tensor::of<float>(Shape{4}, {16777216, 1, 1, -16777216}));
  EXPECT_EQ(evaluated(a_case).as<float>()[0], 2);
}

} // namespace
} // namespace ganlet::testing
