#include <algorithm>
#include <cassert>
#include <limits>
#include <type_traits>

#include "graph/onnx_ops.h"
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

/// Sums and products are kept in double, or as integers that wrap around.
template <typename Sum> Sum combine(op::ReduceKind kind, Sum sum, Sum x) {
  using Wrapping = std::conditional_t<std::is_integral_v<Sum>, std::uint64_t, Sum>;
  switch (kind) {
  case op::ReduceKind::mean:
  case op::ReduceKind::sum:
    return static_cast<Sum>(static_cast<Wrapping>(sum) + static_cast<Wrapping>(x));
  case op::ReduceKind::product:
    return static_cast<Sum>(static_cast<Wrapping>(sum) * static_cast<Wrapping>(x));
  case op::ReduceKind::maximum: // NaN wins
    return x > sum || x != x ? x : sum;
  case op::ReduceKind::minimum:
    return x < sum || x != x ? x : sum;
  }
  return sum;
}

/// What a reduction of nothing gives.
template <typename T> T first_of(op::ReduceKind kind) {
  using Limits = std::numeric_limits<T>;
  if (kind == op::ReduceKind::maximum)
    return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  if (kind == op::ReduceKind::minimum)
    return Limits::has_infinity ? Limits::infinity() : Limits::max();
  return kind == op::ReduceKind::product ? 1 : 0;
}

template <typename T, typename Sum>
Result<void> reduce(const op::Reduce& operation, const TensorView& input, const TensorView& output, Work& work) {
  const Axes kept = chosen(input.shape, operation.axes, false);
  const Axes reduced = chosen(input.shape, operation.axes, true);
  assert(kept.shape.elements() == output.shape.elements());
  const T* from = input.as<T>().data();
  T* to = output.as<T>().data();
  const auto count = static_cast<Sum>(reduced.shape.elements());
  work.split(input.shape.elements());
  for (Walk at(kept.shape); at.inside() && !work.stopped(); at.next()) {
    const T* first = from + at.offset(kept.strides);
    auto sum = static_cast<Sum>(first_of<T>(operation.kind));
    for (Walk along(reduced.shape); along.inside() && work.turn(); along.next())
      sum = combine(operation.kind, sum, static_cast<Sum>(first[along.offset(reduced.strides)]));
    if (operation.kind == op::ReduceKind::mean)
      sum /= count;
    *to++ = static_cast<T>(sum);
  }
  return work.result();
}

} // namespace

Result<void> run(const op::Reduce& operation, Inputs inputs, const TensorView& output, Work& work) {
  if (!has_rare_parts() || output.type == DataType::float32)
    return reduce<float, double>(operation, inputs[0], output, work);
  return reduce<std::int64_t, std::int64_t>(operation, inputs[0], output, work);
}

} // namespace ganlet::reference
