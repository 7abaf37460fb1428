#include "op_test.h"

namespace ganlet::testing {
namespace {

TEST(MatrixMultiply, BroadcastsLeadingAxes) {
  for_random_cases(80, [](Draw& draw) {
    const int leading = draw.rank(0, 3);
    std::vector<std::int64_t> a_sizes, b_sizes, out_sizes;
    for (int axis = 0; axis < leading; ++axis) {
      const std::int64_t size = draw.integer(1, 4);
      a_sizes.push_back(draw.integer(0, 3) == 0 ? 1 : size);
      b_sizes.push_back(draw.integer(0, 3) == 0 ? 1 : size);
      out_sizes.push_back(std::max(a_sizes.back(), b_sizes.back()));
    }
    const std::int64_t rows = draw.integer(1, 6), length = draw.integer(1, 20), columns = draw.integer(1, 10);
    a_sizes.insert(a_sizes.end(), {rows, length});
    b_sizes.insert(b_sizes.end(), {length, columns});
    out_sizes.insert(out_sizes.end(), {rows, columns});
    Case a_case{.operation = op::MatrixMultiply{}, .output = shape_of(out_sizes), .constants = draw.chance()};
    a_case.inputs.push_back(draw.floats(shape_of(a_sizes)));
    a_case.inputs.push_back(draw.floats(shape_of(b_sizes)));
    const Tensor result = expect_backends_agree(a_case, {1e-5, 1e-5});

    const auto matrix = [&](const std::vector<std::int64_t>& sizes, std::span<const std::int64_t> place) {
      std::int64_t index = 0;
      for (std::size_t axis = 0; axis < static_cast<std::size_t>(leading); ++axis)
        index = index * sizes[axis] + (sizes[axis] == 1 ? 0 : place[axis]);
      return index;
    };
    expect_near(result,
                computed(a_case.output,
                         [&](auto place) {
                           const std::int64_t row = place[place.size() - 2], column = place.back();
                           double sum = 0;
                           for (std::int64_t k = 0; k < length; ++k)
                             sum += static_cast<double>(a_case.inputs[0].as<float>()[static_cast<std::size_t>(
                                        (matrix(a_sizes, place) * rows + row) * length + k)]) *
                                    a_case.inputs[1].as<float>()[static_cast<std::size_t>(
                                        (matrix(b_sizes, place) * length + k) * columns + column)];
                           return sum;
                         }),
                {1e-6, 1e-6});
  });
}

} // namespace
} // namespace ganlet::testing
