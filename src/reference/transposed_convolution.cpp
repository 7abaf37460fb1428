#include "reference/window_sum.h"

namespace ganlet::reference {

/// Gathers what the textbook's loop would spread: input i reaches output i stride + k dilation - pad through tap k.
Result<void> run(const op::TransposedConvolution& operation, Inputs inputs, const TensorView& output) {
  const op::Window& window = operation.window;
  sum_windows(operation, inputs, output, [&](std::size_t axis, std::int64_t at, std::int64_t k) -> std::int64_t {
    const std::int64_t spread = at + window.pad_before[axis] - k * window.dilation[axis];
    if (spread < 0 || spread % window.stride[axis] != 0)
      return -1;
    const std::int64_t from = spread / window.stride[axis];
    return from < inputs[0].shape[static_cast<int>(axis) + 1] ? from : -1;
  });
  return {};
}

} // namespace ganlet::reference
