#include "moves.h"

namespace ganlet::testing {
namespace {

TEST(Tile, RepeatsTheWhole) {
  for_random_cases(60, [](Draw& draw) {
    const Shape from = draw.shape(draw.rank(0, 4), 4);
    std::vector<std::int64_t> sizes;
    for (const std::int64_t size : from.sizes())
      sizes.push_back(size * draw.integer(0, 3));
    Case a_case{.operation = op::Tile{}, .output = shape_of(sizes)};
    a_case.inputs.push_back(draw.counted(from));
    a_case.type = a_case.inputs[0].type();
    const Tensor result = expect_backends_agree(a_case, {});
    expect_elements(result, [&](auto place) {
      std::vector<std::int64_t> source;
      for (int axis = 0; axis < from.rank(); ++axis)
        source.push_back(place[static_cast<std::size_t>(axis)] % from[axis]);
      return element(a_case.inputs[0], offset_at(from, source));
    });
  });
}

} // namespace
} // namespace ganlet::testing
