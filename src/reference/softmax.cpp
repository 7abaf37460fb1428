#include "reference/elementary.h"
#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::Softmax& operation, Inputs inputs, const TensorView& output, Work& work) {
  const Shape& shape = output.shape;
  const std::int64_t outer = elements_between(shape, 0, operation.axis), count = shape[operation.axis];
  const std::int64_t inner = elements_between(shape, operation.axis + 1, shape.rank());
  const float* from = inputs[0].as<float>().data();
  float* to = output.as<float>().data();
  work.split(3 * shape.elements());
  for (std::int64_t line = 0; line < outer * inner && !work.stopped(); ++line) {
    const std::int64_t start = line / inner * count * inner + line % inner;
    const auto x = [&](std::int64_t i) { return static_cast<double>(from[start + i * inner]); };
    double largest = count > 0 ? x(0) : 0;
    for (std::int64_t i = 0; i < count && work.turn(); ++i)
      largest = x(i) > largest ? x(i) : largest;
    double sum = 0;
    for (std::int64_t i = 0; i < count && work.turn(); ++i)
      sum += exponential(x(i) - largest);
    for (std::int64_t i = 0; i < count && work.turn(); ++i)
      to[start + i * inner] = static_cast<float>(exponential(x(i) - largest) / sum);
  }
  return work.result();
}

} // namespace ganlet::reference
