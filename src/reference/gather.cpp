#include "core/text.h"
#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::Gather& operation, Inputs inputs, const TensorView& output, Work& work) {
  const Shape& from = inputs[0].shape;
  const std::span<const std::int64_t> indices = inputs[1].as<const std::int64_t>();
  const std::int64_t size = from[operation.axis], outer = elements_between(from, 0, operation.axis);
  const std::int64_t inner = elements_between(from, operation.axis + 1, from.rank());
  const Copier copier(inputs[0], output);
  work.split(output.shape.elements());
  std::int64_t written = 0;
  for (std::int64_t i = 0; i < outer; ++i)
    for (const std::int64_t given : indices) {
      const std::int64_t index = given < 0 ? given + size : given;
      if (index < 0 || index >= size)
        return fail(ErrorCode::invalid_argument, "", concat("index ", given, " is outside an axis of size ", size));
      if (!copier.copy((i * size + index) * inner, written, inner, work))
        return work.result();
      written += inner;
    }
  return work.result();
}

} // namespace ganlet::reference
