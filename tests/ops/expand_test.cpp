#include "moves.h"

namespace ganlet::testing {
namespace {

TEST(Expand, RepeatsAxesOfSizeOneAndMissingOnes) {
  for_random_cases(60, [](Draw& draw) {
    const Shape to = draw.shape(draw.rank(0, 5));
    std::vector<std::int64_t> sizes;
    for (int axis = draw.rank(0, to.rank()); axis < to.rank(); ++axis)
      sizes.push_back(draw.chance() ? 1 : to[axis]);
    const Shape from = shape_of(sizes);
    Case a_case{.operation = op::Expand{}, .output = to};
    a_case.inputs.push_back(draw.counted(from));
    a_case.type = a_case.inputs[0].type();
    const Tensor result = expect_backends_agree(a_case, {});
    expect_elements(result, [&](auto place) {
      std::vector<std::int64_t> source;
      for (std::size_t axis = 0; axis < sizes.size(); ++axis)
        source.push_back(sizes[axis] == 1 ? 0 : place[place.size() - sizes.size() + axis]);
      return element(a_case.inputs[0], offset_at(from, source));
    });
  });
}

} // namespace
} // namespace ganlet::testing
