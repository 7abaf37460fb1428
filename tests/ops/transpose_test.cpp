#include "op_test.h"

namespace ganlet::testing {
namespace {

TEST(Transpose, AnyPermutationOfAnyType) {
  for_random_cases(80, [](Draw& draw) {
    const Shape shape = draw.shape(draw.rank(1, 6));
    op::Transpose transpose;
    for (int axis = 0; axis < shape.rank(); ++axis)
      transpose.permutation.insert(transpose.permutation.begin() + draw.integer(0, axis), axis);
    std::vector<std::int64_t> sizes;
    for (const int axis : transpose.permutation)
      sizes.push_back(shape[axis]);
    Case a_case{.operation = transpose, .output = shape_of(sizes)};
    a_case.inputs.push_back(draw.counted(shape));
    a_case.type = a_case.inputs[0].type();
    const Tensor result = expect_backends_agree(a_case, {});

    // Each input element, looked up where it must have gone.
    std::int64_t from = 0;
    for_each_place(shape, [&](auto place) {
      std::int64_t to = 0;
      for (std::size_t axis = 0; axis < sizes.size(); ++axis)
        to = to * sizes[axis] + place[static_cast<std::size_t>(transpose.permutation[axis])];
      if (a_case.type == DataType::float32)
        ASSERT_EQ(result.as<float>()[static_cast<std::size_t>(to)], from);
      else if (a_case.type == DataType::int64)
        ASSERT_EQ(result.as<std::int64_t>()[static_cast<std::size_t>(to)], from);
      else
        ASSERT_EQ(result.as<std::uint8_t>()[static_cast<std::size_t>(to)], from % 2);
      ++from;
    });
  });
}

} // namespace
} // namespace ganlet::testing
