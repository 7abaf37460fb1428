#include <cassert>

#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::Reshape&, Inputs inputs, const TensorView& output, Work& work) {
  assert(inputs[0].shape.elements() == output.shape.elements());
  // The memory plan may have given both the same place.
  work.split(output.shape.elements());
  if (inputs[0].data != output.data)
    Copier(inputs[0], output).copy(0, 0, output.shape.elements(), work);
  return work.result();
}

} // namespace ganlet::reference
