#include <algorithm>

#include "moves.h"

#include "reference/reference.h"

namespace ganlet::testing {
namespace {

using op::ScatterKind;

double combined(ScatterKind kind, double there, double update) {
  switch (kind) {
  case ScatterKind::add:
    return there + update;
  case ScatterKind::multiply:
    return there * update;
  case ScatterKind::maximum:
    return std::max(there, update);
  case ScatterKind::minimum:
    return std::min(there, update);
  case ScatterKind::assign:
    break;
  }
  return update;
}

/// Small whole numbers, whose sums and products float32 holds exactly.
Tensor whole_numbers(Draw& draw, const Shape& shape, DataType type) {
  Tensor integers = draw.integers(shape, -3, 3);
  if (type == DataType::int64)
    return integers;
  std::size_t i = 0;
  return computed(shape, [&](auto) { return static_cast<double>(integers.as<std::int64_t>()[i++]); });
}

TEST(ScatterElements, EachKindInTheOrderOfTheUpdates) {
  for_random_cases(100, [](Draw& draw) {
    const Shape shape = draw.shape(draw.rank(1, 4));
    const int axis = draw.rank(0, shape.rank() - 1);
    const ScatterKind kind = draw.one_of(
        {ScatterKind::assign, ScatterKind::add, ScatterKind::maximum, ScatterKind::minimum, ScatterKind::multiply});
    std::vector<std::int64_t> sizes;
    for (int a = 0; a < shape.rank(); ++a)
      sizes.push_back(draw.integer(1, a == axis ? 4 : shape[a]));
    const Shape updates = shape_of(sizes);
    const DataType type = draw.one_of({DataType::float32, DataType::int64});
    Case a_case{.operation = op::ScatterElements{axis, kind}, .output = shape, .type = type};
    a_case.inputs.push_back(whole_numbers(draw, shape, type));
    a_case.inputs.push_back(draw.integers(updates, -shape[axis], shape[axis] - 1));
    a_case.inputs.push_back(whole_numbers(draw, updates, type));
    std::vector<double> wanted;
    for (std::int64_t i = 0; i < shape.elements(); ++i)
      wanted.push_back(element(a_case.inputs[0], i));
    for_each_place(updates, [&](auto place) {
      std::vector<std::int64_t> at(place.begin(), place.end());
      const std::int64_t update = offset_at(updates, place);
      const std::int64_t index = a_case.inputs[1].as<std::int64_t>()[static_cast<std::size_t>(update)];
      at[static_cast<std::size_t>(axis)] = index < 0 ? index + shape[axis] : index;
      double& there = wanted[static_cast<std::size_t>(offset_at(shape, at))];
      there = combined(kind, there, element(a_case.inputs[2], update));
    });
    const Tensor result = expect_backends_agree(a_case, {});
    expect_elements(result, [&](auto place) { return wanted[static_cast<std::size_t>(offset_at(shape, place))]; });
  });
}

TEST(ScatterElements, AnIndexOutsideIsAnError) {
  const Tensor from = Tensor::of<float>(Shape{3}, {1, 2, 3}), output(DataType::float32, Shape{3});
  for (const std::int64_t index : {3, -4}) {
    const Tensor indices = Tensor::of<std::int64_t>(Shape{1}, {index}), update = Tensor::of<float>(Shape{1}, {9});
    const TensorView views[] = {from.view(), indices.view(), update.view()};
    const auto refused = reference::evaluate(op::ScatterElements{0}, views, output.view());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(), "index " + std::to_string(index) + " is outside an axis of size 3");
  }
}

} // namespace
} // namespace ganlet::testing
