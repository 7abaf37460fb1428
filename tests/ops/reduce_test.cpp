#include <algorithm>
#include <cmath>

#include "op_test.h"

namespace ganlet::testing {
namespace {

struct Sums {
  std::vector<double> values;
  std::int64_t count = 0; ///< how many elements each sums
};

/// Adds each element of x to the sum of its place among the axes that stay.
Sums sums_of(const Tensor& x, const std::vector<int>& axes) {
  const Shape& shape = x.shape();
  std::int64_t kept = 1;
  for (int axis = 0; axis < shape.rank(); ++axis)
    kept *= std::ranges::find(axes, axis) == axes.end() ? shape[axis] : 1;
  Sums sums{std::vector<double>(static_cast<std::size_t>(kept)), kept == 0 ? 0 : shape.elements() / kept};
  std::size_t i = 0;
  for_each_place(shape, [&](auto place) {
    std::int64_t to = 0;
    for (int axis = 0; axis < shape.rank(); ++axis)
      if (std::ranges::find(axes, axis) == axes.end())
        to = to * shape[axis] + place[static_cast<std::size_t>(axis)];
    sums.values[static_cast<std::size_t>(to)] += static_cast<double>(x.as<float>()[i++]);
  });
  return sums;
}

TEST(Reduce, OverAnyAxes) {
  for_random_cases(120, [](Draw& draw) {
    const Shape shape = draw.shape(draw.rank(1, 5), 6);
    op::Reduce reduce{draw.one_of({op::ReduceKind::mean, op::ReduceKind::sum}), {}};
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
    const Sums sums = sums_of(a_case.inputs[0], reduce.axes);
    std::size_t i = 0;
    expect_near(result,
                computed(a_case.output,
                         [&](auto) {
                           const double sum = sums.values[i++];
                           return reduce.kind == op::ReduceKind::mean ? sum / static_cast<double>(sums.count) : sum;
                         }),
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

/// In float32, 2^24 + 1 is 2^24.
TEST(Reduce, SumsAreKeptInDouble) {
  Case a_case{.operation = op::Reduce{op::ReduceKind::sum, {0}}, .output = Shape{}};
  a_case.inputs.push_back(Tensor::of<float>(Shape{4}, {16777216, 1, 1, -16777216}));
  EXPECT_EQ(evaluated(a_case).as<float>()[0], 2);
}

} // namespace
} // namespace ganlet::testing
