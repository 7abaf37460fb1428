#include "moves.h"

#include "reference/reference.h"

namespace ganlet::testing {
namespace {

/// Walks from `at` into the axis, one step at a time.
std::int64_t folded(op::PadMode mode, std::int64_t at, std::int64_t size) {
  while (at < 0 || at >= size) {
    if (mode == op::PadMode::edge || size == 1)
      at = at < 0 ? 0 : size - 1;
    else
      at = at < 0 ? -at : 2 * (size - 1) - at;
  }
  return at;
}

TEST(Pad, EveryModeInAndOut) {
  for_random_cases(120, [](Draw& draw) {
    const Shape shape = draw.shape(draw.rank(1, 5), 5);
    op::Pad pad{draw.one_of({op::PadMode::constant, op::PadMode::edge, op::PadMode::reflect}), 7, {}};
    std::vector<std::int64_t> sizes;
    const bool may_cut = draw.chance();
    for (int axis = 0; axis < shape.rank(); ++axis) {
      pad.before.push_back(draw.integer(may_cut ? -1 : 0, 6));
      sizes.push_back(std::max<std::int64_t>(1, shape[axis] + pad.before.back() + draw.integer(may_cut ? -1 : 0, 6)));
    }
    Case a_case{.operation = pad, .output = shape_of(sizes)};
    a_case.inputs.push_back(draw.counted(shape));
    a_case.type = a_case.inputs[0].type();
    const Tensor result = expect_backends_agree(a_case, {});
    expect_elements(result, [&](auto place) {
      std::vector<std::int64_t> from;
      bool inside = true;
      for (int axis = 0; axis < shape.rank(); ++axis) {
        const auto index = static_cast<std::size_t>(axis);
        from.push_back(place[index] - pad.before[index]);
        inside &= from.back() >= 0 && from.back() < shape[axis];
        if (pad.mode != op::PadMode::constant)
          from.back() = folded(pad.mode, from.back(), shape[axis]);
      }
      if (pad.mode == op::PadMode::constant && !inside)
        return a_case.type == DataType::boolean ? 1.0 : 7.0;
      return element(a_case.inputs[0], offset_at(shape, from));
    });
  });
}

TEST(Pad, NothingHasNoEdge) {
  const Tensor nothing(DataType::float32, Shape{0}), output(DataType::float32, Shape{2});
  const TensorView view = nothing.view();
  const auto refused = reference::evaluate(op::Pad{op::PadMode::reflect, 0, {1}}, std::span(&view, 1), output.view());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "an input of shape (0,) has nothing to pad with");
  EXPECT_TRUE(reference::evaluate(op::Pad{op::PadMode::constant, 0, {1}}, std::span(&view, 1), output.view()));
}

} // namespace
} // namespace ganlet::testing
