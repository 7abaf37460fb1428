#include <cassert>

#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::DepthToSpace& operation, Inputs inputs, const TensorView& output, Work& work) {
  const Shape& from = inputs[0].shape;
  const std::int64_t block = operation.block, channels = output.shape[3];
  assert(from[3] == channels * block * block && output.shape[1] == from[1] * block &&
         output.shape[2] == from[2] * block);
  const Copier copier(inputs[0], output);
  for (Walk at(output.shape, work); at.inside(); at.next()) {
    const std::int64_t place_in_block = at[1] % block * block + at[2] % block;
    const std::int64_t channel =
        operation.block_first ? place_in_block * channels + at[3] : at[3] * block * block + place_in_block;
    copier.copy(((at[0] * from[1] + at[1] / block) * from[2] + at[2] / block) * from[3] + channel, at.index());
  }
  return work.result();
}

} // namespace ganlet::reference
