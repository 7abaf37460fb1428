#pragma once

#include <optional>

#include "graph/context.h"

namespace ganlet {

/// A transposed convolution's window, with the output size (H', W') and the rows and columns added after it.
struct TransposedWindow {
  op::Window window;
  std::array<std::int64_t, 2> output_padding{0, 0};
  std::array<std::int64_t, 2> output{0, 0};
};

/// Reads the attributes of a sliding window (kernel_shape, strides, dilations, pads, auto_pad, ...) for Conv,
/// ConvTranspose and the pools. A one-dimensional window is treated as two-dimensional with height 1.
class WindowReader {
 public:
  /// `images` is (N,H,W,C). `kernel` is the size of the weights; if empty, the file must have kernel_shape.
  WindowReader(Context& context, const SymbolicShape& images, std::optional<std::array<std::int64_t, 2>> kernel,
               bool one_dimensional)
      : context_(context), input_{images[1].count, images[2].count}, kernel_(kernel),
        one_dimensional_(one_dimensional) {}

  Result<op::Window> window();
  Result<TransposedWindow> transposed_window();

 private:
  Result<std::optional<std::array<std::int64_t, 2>>> pair(std::string_view name, std::int64_t vertical_otherwise);
  Result<void> read_sizes();
  Result<void> read_pads();
  std::int64_t extent(int axis) const { return window_.dilation[axis] * (window_.kernel[axis] - 1) + 1; }

  Context& context_;
  std::array<std::int64_t, 2> input_;
  std::optional<std::array<std::int64_t, 2>> kernel_;
  bool one_dimensional_;
  op::Window window_;
  std::string auto_pad_;
};

/// The shape that results from sliding a window over (N,H,W,C), with the same C. `ceil` keeps a last window that starts
/// inside the input or the padding before it but reaches beyond the end. Errors: invalid_argument if not even one
/// window fits.
Result<SymbolicShape> sliding_shape(const Builder& builder, const SymbolicShape& images, const op::Window& window,
                                    bool ceil);

/// x, which is (N,C,H,W) or (N,C,W), as (N,H,W,C); the latter counts as images of height 1.
Result<ValueId> as_images(Builder& builder, ValueId x, bool& one_dimensional);
/// Back to (N,C,W) if `one_dimensional`.
Result<ValueId> from_images(Builder& builder, ValueId x, bool one_dimensional);

} // namespace ganlet
