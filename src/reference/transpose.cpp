#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::Transpose& operation, Inputs inputs, const TensorView& output, Work& work) {
  const Strides dense = dense_strides(inputs[0].shape);
  Strides strides{};
  for (std::size_t axis = 0; axis < operation.permutation.size(); ++axis)
    strides[axis] = dense[static_cast<std::size_t>(operation.permutation[axis])];
  return copy_strided(inputs[0], 0, strides, output, work);
}

} // namespace ganlet::reference
