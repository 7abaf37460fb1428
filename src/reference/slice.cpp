#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::Slice& operation, Inputs inputs, const TensorView& output, Work& work) {
  Strides strides = dense_strides(inputs[0].shape);
  std::int64_t start = 0;
  for (std::size_t axis = 0; axis < operation.starts.size(); ++axis) {
    start += operation.starts[axis] * strides[axis];
    strides[axis] *= operation.steps[axis];
  }
  return copy_strided(inputs[0], start, strides, output, work);
}

} // namespace ganlet::reference
