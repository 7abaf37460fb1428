#include <cassert>

#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::Concat& operation, Inputs inputs, const TensorView& output, Work& work) {
  const Shape& shape = output.shape;
  const std::int64_t outer = elements_between(shape, 0, operation.axis);
  const std::int64_t row = elements_between(shape, operation.axis, shape.rank());
  work.split(shape.elements());
  std::int64_t placed = 0;
  for (const TensorView& input : inputs) {
    const Copier copier(input, output);
    const std::int64_t part = elements_between(input.shape, operation.axis, shape.rank());
    for (std::int64_t i = 0; i < outer && part > 0; ++i)
      if (!copier.copy(i * part, i * row + placed, part, work))
        return work.result();
    placed += part;
  }
  assert(placed == row);
  return work.result();
}

} // namespace ganlet::reference
