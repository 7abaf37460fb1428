#include "reference/axis_index.h"
#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::GatherElements& operation, Inputs inputs, const TensorView& output, Work& work) {
  const AxisIndex place(inputs[0].shape, inputs[1], operation.axis);
  const Copier copier(inputs[0], output);
  for (Walk at(output.shape, work); at.inside(); at.next()) {
    GANLET_TRY(const std::int64_t from, place.offset(at));
    copier.copy(from, at.index());
  }
  return work.result();
}

} // namespace ganlet::reference
