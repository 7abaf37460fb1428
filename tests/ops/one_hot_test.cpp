#include "moves.h"

namespace ganlet::testing {
namespace {

TEST(OneHot, PutsANewAxisAnywhere) {
  for_random_cases(60, [](Draw& draw) {
    const Shape indices = draw.shape(draw.rank(0, 3));
    const int axis = draw.rank(0, indices.rank());
    const std::int64_t depth = draw.integer(1, 6);
    std::vector<std::int64_t> sizes(indices.sizes().begin(), indices.sizes().end());
    sizes.insert(sizes.begin() + axis, depth);
    Case a_case{.operation = op::OneHot{axis},
                .output = shape_of(sizes),
                .type = draw.one_of({DataType::float32, DataType::int64})};
    a_case.inputs.push_back(draw.integers(indices, -depth - 2, depth + 1));
    a_case.inputs.push_back(a_case.type == DataType::float32 ? draw.floats(Shape{2}) : draw.integers(Shape{2}, -5, 5));
    const Tensor result = expect_backends_agree(a_case, {});
    expect_elements(result, [&](auto place) {
      std::vector<std::int64_t> source(place.begin(), place.end());
      source.erase(source.begin() + axis);
      const std::int64_t index =
          a_case.inputs[0].as<std::int64_t>()[static_cast<std::size_t>(offset_at(indices, source))];
      const std::int64_t hot = index < 0 ? index + depth : index;
      return element(a_case.inputs[1], place[static_cast<std::size_t>(axis)] == hot ? 1 : 0);
    });
  });
}

} // namespace
} // namespace ganlet::testing
