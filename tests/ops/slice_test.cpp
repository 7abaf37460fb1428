#include "moves.h"

namespace ganlet::testing {
namespace {

TEST(Slice, AnyStartsAndSteps) {
  for_random_cases(100, [](Draw& draw) {
    const Shape shape = draw.shape(draw.rank(1, 5), 8);
    op::Slice slice;
    std::vector<std::int64_t> sizes;
    const bool plain = draw.chance(); // what XNNPACK has
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const std::int64_t step = plain ? 1 : draw.one_of<std::int64_t>({1, 1, 2, 3, -1, -2});
      const std::int64_t start = draw.integer(0, shape[axis] - 1);
      const std::int64_t room = step > 0 ? (shape[axis] - 1 - start) / step : start / -step;
      slice.starts.push_back(start);
      slice.steps.push_back(step);
      sizes.push_back(draw.integer(0, room + 1)); // 0 means the rest to XNNPACK, and here nothing
    }
    Case a_case{.operation = slice, .output = shape_of(sizes)};
    a_case.inputs.push_back(draw.counted(shape));
    a_case.type = a_case.inputs[0].type();
    const Tensor result = expect_backends_agree(a_case, {});
    expect_elements(result, [&](auto place) {
      std::vector<std::int64_t> from;
      for (std::size_t axis = 0; axis < place.size(); ++axis)
        from.push_back(slice.starts[axis] + place[axis] * slice.steps[axis]);
      return element(a_case.inputs[0], offset_at(shape, from));
    });
  });
}

} // namespace
} // namespace ganlet::testing
