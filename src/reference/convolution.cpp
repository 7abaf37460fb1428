#include <algorithm>

#include "reference/window_sum.h"

namespace ganlet::reference {

/// Output `at` reads input at stride - pad + k dilation through tap k.
Result<void> run(const op::Convolution& operation, Inputs inputs, const TensorView& output, Work& work) {
  const op::Window& window = operation.window;
  const auto taps = [&](std::size_t axis, std::int64_t at) {
    const std::int64_t size = inputs[0].shape[static_cast<int>(axis) + 1], dilation = window.dilation[axis];
    const std::int64_t start = at * window.stride[axis] - window.pad_before[axis];
    const std::int64_t first = start < 0 ? (-start + dilation - 1) / dilation : 0;
    const std::int64_t from = start + first * dilation;
    const std::int64_t inside = from < size ? (size - from + dilation - 1) / dilation : 0;
    return Taps{first, 1, std::clamp<std::int64_t>(window.kernel[axis] - first, 0, inside), from, dilation};
  };
  return sum_windows(operation, inputs, output, taps, work);
}

} // namespace ganlet::reference
