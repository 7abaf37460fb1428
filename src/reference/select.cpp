#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::Select&, Inputs inputs, const TensorView& output, Work& work) {
  const std::uint8_t* condition = inputs[0].as<std::uint8_t>().data();
  const Strides condition_strides = broadcast_strides(inputs[0].shape, output.shape);
  const Strides x_strides = broadcast_strides(inputs[1].shape, output.shape);
  const Strides y_strides = broadcast_strides(inputs[2].shape, output.shape);
  const Copier x(inputs[1], output), y(inputs[2], output);
  for (Walk at(output.shape, work); at.inside(); at.next()) {
    if (condition[at.offset(condition_strides)] != 0)
      x.copy(at.offset(x_strides), at.index());
    else
      y.copy(at.offset(y_strides), at.index());
  }
  return work.result();
}

} // namespace ganlet::reference
