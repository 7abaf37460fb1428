#include "moves.h"

#include "reference/reference.h"

namespace ganlet::testing {
namespace {

TEST(Gather, IndicesOfAnyRankAlongAnyAxis) {
  for_random_cases(60, [](Draw& draw) {
    const Shape from = draw.shape(draw.rank(1, 4));
    const int axis = draw.rank(0, from.rank() - 1);
    const Shape wanted = draw.shape(draw.rank(0, 2));
    std::vector<std::int64_t> sizes(from.sizes().begin(), from.sizes().begin() + axis);
    sizes.insert(sizes.end(), wanted.sizes().begin(), wanted.sizes().end());
    sizes.insert(sizes.end(), from.sizes().begin() + axis + 1, from.sizes().end());
    Case a_case{.operation = op::Gather{axis}, .output = shape_of(sizes)};
    a_case.inputs.push_back(draw.counted(from));
    a_case.inputs.push_back(draw.integers(wanted, -from[axis], from[axis] - 1));
    a_case.type = a_case.inputs[0].type();
    const Tensor result = expect_backends_agree(a_case, {});
    expect_elements(result, [&](auto place) {
      std::vector<std::int64_t> source(place.begin(), place.begin() + axis);
      const std::int64_t index = a_case.inputs[1].as<std::int64_t>()[static_cast<std::size_t>(
          offset_at(wanted, place.subspan(static_cast<std::size_t>(axis))))];
      source.push_back(index < 0 ? index + from[axis] : index);
      source.insert(source.end(), place.begin() + axis + wanted.rank(), place.end());
      return element(a_case.inputs[0], offset_at(from, source));
    });
  });
}

TEST(Gather, AnIndexOutsideIsAnError) {
  const Tensor from = Tensor::of<float>(Shape{3}, {1, 2, 3}), output(DataType::float32, Shape{1});
  for (const std::int64_t index : {3, -4}) {
    const Tensor indices = Tensor::of<std::int64_t>(Shape{1}, {index});
    const TensorView views[] = {from.view(), indices.view()};
    const auto refused = reference::evaluate(op::Gather{0}, views, output.view());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
    EXPECT_EQ(refused.error().message(), "index " + std::to_string(index) + " is outside an axis of size 3");
  }
}

} // namespace
} // namespace ganlet::testing
