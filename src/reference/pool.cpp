#include "reference/pool.h"

#include <limits>

#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

Result<void> run(const op::Pool& operation, Inputs inputs, const TensorView& output, Work& work) {
  const Shape& from = inputs[0].shape;
  const float* x = inputs[0].as<float>().data();
  float* to = output.as<float>().data();
  for (Walk at(output.shape, work); at.inside(); at.next()) {
    const PoolTaps down(operation.window, 0, at[1], from[1]), across(operation.window, 1, at[2], from[2]);
    double sum = 0, largest = -std::numeric_limits<double>::infinity();
    for (std::int64_t ky = down.first; ky < down.end; ++ky)
      for (std::int64_t kx = across.first; kx < across.end; ++kx) {
        const std::int64_t row = down.start + ky * down.step, column = across.start + kx * across.step;
        const double value = x[((at[0] * from[1] + row) * from[2] + column) * from[3] + at[3]];
        sum += value;
        largest = value > largest || value != value ? value : largest;
      }
    const auto count = static_cast<double>(count_of(operation, down, across));
    *to++ = static_cast<float>(operation.kind == op::PoolKind::maximum ? largest : sum / count);
  }
  return work.result();
}

} // namespace ganlet::reference
