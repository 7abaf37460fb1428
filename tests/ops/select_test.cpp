#include "moves.h"

namespace ganlet::testing {
namespace {

/// The element that broadcasting puts at a place.
double broadcast_element(const Tensor& from, std::span<const std::int64_t> place) {
  const Shape& shape = from.shape();
  std::vector<std::int64_t> source;
  for (int axis = 0; axis < shape.rank(); ++axis)
    source.push_back(shape[axis] == 1 ? 0 : place[place.size() - static_cast<std::size_t>(shape.rank() - axis)]);
  return element(from, offset_at(shape, source));
}

TEST(Select, BroadcastsAllThree) {
  for_random_cases(60, [](Draw& draw) {
    const Shape whole = draw.shape(draw.rank(0, 4));
    const auto part = [&] {
      std::vector<std::int64_t> sizes;
      for (int axis = draw.rank(0, whole.rank()); axis < whole.rank(); ++axis)
        sizes.push_back(draw.integer(0, 3) == 0 ? 1 : whole[axis]);
      return shape_of(sizes);
    };
    Case a_case{.operation = op::Select{},
                .output = whole,
                .type = draw.one_of({DataType::float32, DataType::int64, DataType::boolean})};
    a_case.inputs.push_back(draw.booleans(part()));
    for (int i = 0; i < 2; ++i)
      a_case.inputs.push_back(a_case.type == DataType::float32 ? draw.floats(part())
                              : a_case.type == DataType::int64 ? draw.integers(part(), -9, 9)
                                                               : draw.booleans(part()));
    const Tensor result = expect_backends_agree(a_case, {});
    expect_elements(result, [&](auto place) {
      const bool first = broadcast_element(a_case.inputs[0], place) != 0;
      return broadcast_element(a_case.inputs[first ? 1 : 2], place);
    });
  });
}

} // namespace
} // namespace ganlet::testing
