#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

namespace {

/// Sums are kept in double, or as integers that wrap around.
template <typename T, typename Sum>
Result<void> add_up(int axis, const TensorView& input, const TensorView& output, Work& work) {
  const Shape& shape = input.shape;
  const std::int64_t size = shape[axis], outer = elements_between(shape, 0, axis);
  const std::int64_t inner = elements_between(shape, axis + 1, shape.rank());
  const T* from = input.as<T>().data();
  T* to = output.as<T>().data();
  work.split(shape.elements());
  for (std::int64_t row = 0; row < outer * inner && !work.stopped(); ++row) {
    const std::int64_t first = row / inner * size * inner + row % inner;
    Sum sum = 0;
    for (std::int64_t i = first; i < first + size * inner && work.turn(); i += inner) {
      sum += static_cast<Sum>(from[i]);
      to[i] = static_cast<T>(sum);
    }
  }
  return work.result();
}

} // namespace

Result<void> run(const op::CumulativeSum& operation, Inputs inputs, const TensorView& output, Work& work) {
  return output.type == DataType::float32
             ? add_up<float, double>(operation.axis, inputs[0], output, work)
             : add_up<std::int64_t, std::uint64_t>(operation.axis, inputs[0], output, work);
}

} // namespace ganlet::reference
