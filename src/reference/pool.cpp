#include <algorithm>
#include <limits>

#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

namespace {

/// Places start + k step, for k from 0, that lie below `end`: how many of at most `count`.
std::int64_t taps_below(std::int64_t end, std::int64_t start, std::int64_t step, std::int64_t count) {
  return start >= end ? 0 : std::min(count, (end - start + step - 1) / step);
}

/// A window along one axis, over an input of `size`. A file may give it far more taps than the input has elements, so
/// that those outside are counted instead of visited.
struct Taps {
  Taps(const op::Window& window, std::size_t axis, std::int64_t output, std::int64_t size)
      : start(output * window.stride[axis] - window.pad_before[axis]), step(window.dilation[axis]),
        first(taps_below(0, start, step, window.kernel[axis])), end(taps_below(size, start, step, window.kernel[axis])),
        with_padding(taps_below(size + window.pad_after[axis], start, step, window.kernel[axis])) {}

  std::int64_t start, step;
  std::int64_t first, end;   ///< of the taps inside of the input
  std::int64_t with_padding; ///< taps inside of it or of its padding
};

} // namespace

Result<void> run(const op::Pool& operation, Inputs inputs, const TensorView& output, Work& work) {
  const Shape& from = inputs[0].shape;
  const float* x = inputs[0].as<float>().data();
  float* to = output.as<float>().data();
  for (Walk at(output.shape, work); at.inside(); at.next()) {
    const Taps down(operation.window, 0, at[1], from[1]), across(operation.window, 1, at[2], from[2]);
    double sum = 0, largest = -std::numeric_limits<double>::infinity();
    for (std::int64_t ky = down.first; ky < down.end; ++ky)
      for (std::int64_t kx = across.first; kx < across.end; ++kx) {
        const std::int64_t row = down.start + ky * down.step, column = across.start + kx * across.step;
        const double value = x[((at[0] * from[1] + row) * from[2] + column) * from[3] + at[3]];
        sum += value;
        largest = value > largest || value != value ? value : largest;
      }
    const std::int64_t inside = (down.end - down.first) * (across.end - across.first);
    const std::int64_t count = operation.count_padding ? down.with_padding * across.with_padding : inside;
    *to++ = static_cast<float>(operation.kind == op::PoolKind::maximum ? largest : sum / static_cast<double>(count));
  }
  return work.result();
}

} // namespace ganlet::reference
