#include "moves.h"

#include "reference/reference.h"

namespace ganlet::testing {
namespace {

/// Indices of a tensor along an axis, for a part of its other axes.
Tensor indices_into(Draw& draw, const Shape& from, int axis) {
  std::vector<std::int64_t> sizes;
  for (int a = 0; a < from.rank(); ++a)
    sizes.push_back(draw.integer(1, a == axis ? 2 * from[a] : from[a]));
  return draw.integers(shape_of(sizes), -from[axis], from[axis] - 1);
}

TEST(GatherElements, AnIndexForEachElement) {
  for_random_cases(60, [](Draw& draw) {
    const Shape from = draw.shape(draw.rank(1, 4));
    const int axis = draw.rank(0, from.rank() - 1);
    Tensor indices = indices_into(draw, from, axis);
    Case a_case{.operation = op::GatherElements{axis}, .output = indices.shape()};
    a_case.inputs.push_back(draw.counted(from));
    a_case.type = a_case.inputs[0].type();
    a_case.inputs.push_back(std::move(indices));
    const Tensor result = expect_backends_agree(a_case, {});
    expect_elements(result, [&](auto place) {
      std::vector<std::int64_t> source(place.begin(), place.end());
      const std::int64_t index =
          a_case.inputs[1].as<std::int64_t>()[static_cast<std::size_t>(offset_at(a_case.output, place))];
      source[static_cast<std::size_t>(axis)] = index < 0 ? index + from[axis] : index;
      return element(a_case.inputs[0], offset_at(from, source));
    });
  });
}

TEST(GatherElements, AnIndexOutsideIsAnError) {
  const Tensor from = Tensor::of<float>(Shape{3}, {1, 2, 3}), output(DataType::float32, Shape{1});
  for (const std::int64_t index : {3, -4}) {
    const Tensor indices = Tensor::of<std::int64_t>(Shape{1}, {index});
    const TensorView views[] = {from.view(), indices.view()};
    const auto refused = reference::evaluate(op::GatherElements{0}, views, output.view());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(refused.error().message(), "index " + std::to_string(index) + " is outside an axis of size 3");
  }
}

} // namespace
} // namespace ganlet::testing
