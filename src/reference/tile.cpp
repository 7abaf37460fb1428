#include <cassert>

#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::Tile&, Inputs inputs, const TensorView& output, Work& work) {
  const Shape& from = inputs[0].shape;
  assert(from.rank() == output.shape.rank());
  const Strides strides = dense_strides(from);
  const Copier copier(inputs[0], output);
  for (Walk at(output.shape, work); at.inside(); at.next()) {
    std::int64_t source = 0;
    for (int axis = 0; axis < from.rank(); ++axis)
      source += at[axis] % from[axis] * strides[static_cast<std::size_t>(axis)];
    copier.copy(source, at.index());
  }
  return work.result();
}

} // namespace ganlet::reference
