#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::Expand&, Inputs inputs, const TensorView& output, Work& work) {
  return copy_strided(inputs[0], 0, broadcast_strides(inputs[0].shape, output.shape), output, work);
}

} // namespace ganlet::reference
