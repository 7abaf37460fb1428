#include <algorithm>
#include <numeric>

#include "reference/window_sum.h"

namespace ganlet::reference {

namespace {

/// One axis of a transposed convolution: input i contributes to output i stride + k dilation - pad through tap k.
class TransposedAxis {
 public:
  TransposedAxis(const op::Window& window, std::size_t axis, std::int64_t size)
      : size_(size), kernel_(window.kernel[axis]), stride_(window.stride[axis]), dilation_(window.dilation[axis]),
        pad_(window.pad_before[axis]), common_(std::gcd(stride_, dilation_)), step_(stride_ / common_) {
    // The taps of one output are `step_` apart: k dilation and (k + step_) dilation are equal modulo the stride.
    for (std::int64_t k = 0; k < step_; ++k)
      if (k * (dilation_ / common_) % step_ == 1 % step_)
        inverse_ = k;
  }

  Taps taps(std::int64_t at) const {
    const std::int64_t spread = at + pad_; // = i stride + k dilation
    if (spread < 0 || spread % common_ != 0)
      return {};
    const std::int64_t beyond = spread - (size_ - 1) * stride_; // less than k dilation for each i inside the input
    const std::int64_t least = beyond > 0 ? (beyond + dilation_ - 1) / dilation_ : 0;
    const std::int64_t rest = spread / common_ % step_ * inverse_ % step_;
    const std::int64_t first = least + ((rest - least) % step_ + step_) % step_;
    const std::int64_t last = std::min(kernel_ - 1, spread / dilation_);
    return {first, step_, first > last ? 0 : (last - first) / step_ + 1, (spread - first * dilation_) / stride_,
            -dilation_ / common_};
  }

 private:
  std::int64_t size_, kernel_, stride_, dilation_, pad_;
  std::int64_t common_;      ///< greatest common divisor of stride and dilation
  std::int64_t step_;        ///< between taps of one output
  std::int64_t inverse_ = 0; ///< of dilation / common_, modulo step_
};

} // namespace

/// Gathers for each output what the textbook's loop scatters from each input.
Result<void> run(const op::TransposedConvolution& operation, Inputs inputs, const TensorView& output, Work& work) {
  const TransposedAxis axes[2] = {{operation.window, 0, inputs[0].shape[1]}, {operation.window, 1, inputs[0].shape[2]}};
  const auto taps = [&](std::size_t axis, std::int64_t at) { return axes[axis].taps(at); };
  return sum_windows(operation, inputs, output, taps, work);
}

} // namespace ganlet::reference
