#include <algorithm>
#include <cassert>

#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

namespace {

/// A selection of a shape's axes as a shape of its own, with their strides in the whole.
struct Axes {
  Shape shape;
  Strides strides{};
};

Axes chosen(const Shape& whole, const std::vector<int>& axes, bool named) {
  const Strides dense = dense_strides(whole);
  std::array<std::int64_t, Shape::max_rank> sizes{};
  Axes chosen;
  std::size_t count = 0;
  for (int axis = 0; axis < whole.rank(); ++axis)
    if ((std::ranges::find(axes, axis) != axes.end()) == named) {
      chosen.strides[count] = dense[static_cast<std::size_t>(axis)];
      sizes[count++] = whole[axis];
    }
  chosen.shape = Shape(std::span(sizes.data(), count));
  return chosen;
}

} // namespace

Result<void> run(const op::Reduce& operation, Inputs inputs, const TensorView& output, Work& work) {
  const Axes kept = chosen(inputs[0].shape, operation.axes, false);
  const Axes reduced = chosen(inputs[0].shape, operation.axes, true);
  assert(kept.shape.elements() == output.shape.elements());
  const float* from = inputs[0].as<float>().data();
  float* to = output.as<float>().data();
  const auto count = static_cast<double>(reduced.shape.elements());
  work.split(inputs[0].shape.elements());
  for (Walk at(kept.shape); at.inside() && !work.stopped(); at.next()) {
    const float* first = from + at.offset(kept.strides);
    double sum = 0;
    for (Walk along(reduced.shape); along.inside() && work.turn(); along.next())
      sum += static_cast<double>(first[along.offset(reduced.strides)]);
    *to++ = static_cast<float>(operation.kind == op::ReduceKind::mean ? sum / count : sum);
  }
  return work.result();
}

} // namespace ganlet::reference
