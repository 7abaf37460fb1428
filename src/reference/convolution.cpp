#include "reference/window_sum.h"

namespace ganlet::reference {

Result<void> run(const op::Convolution& operation, Inputs inputs, const TensorView& output) {
  const op::Window& window = operation.window;
  sum_windows(operation, inputs, output, [&](std::size_t axis, std::int64_t at, std::int64_t k) -> std::int64_t {
    const std::int64_t from = at * window.stride[axis] - window.pad_before[axis] + k * window.dilation[axis];
    return from >= 0 && from < inputs[0].shape[static_cast<int>(axis) + 1] ? from : -1;
  });
  return {};
}

} // namespace ganlet::reference
