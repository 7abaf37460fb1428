#include <cassert>

#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::OneHot& operation, Inputs inputs, const TensorView& output, Work& work) {
  const std::int64_t* indices = inputs[0].as<std::int64_t>().data();
  assert(inputs[1].shape.elements() == 2);
  const Copier values(inputs[1], output);
  const std::int64_t depth = output.shape[operation.axis];
  const std::int64_t inner = elements_between(output.shape, operation.axis + 1, output.shape.rank());
  for (Walk at(output.shape, work); at.inside(); at.next()) {
    const std::int64_t given = indices[at.index() / (depth * inner) * inner + at.index() % inner];
    const bool on = at[operation.axis] == (given < 0 ? given + depth : given);
    values.copy(on ? 1 : 0, at.index());
  }
  return work.result();
}

} // namespace ganlet::reference
