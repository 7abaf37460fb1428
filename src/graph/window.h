#pragma once

#include <optional>

#include "graph/context.h"

namespace ganlet {

/// A transposed convolution's window with what ONNX says about its output: (H', W') and the rows and columns added
/// behind.
struct TransposedWindow {
  op::Window window;
  std::array<std::int64_t, 2> output_padding{0, 0};
  std::array<std::int64_t, 2> output{0, 0};
};

/// Reads the attributes of a sliding window (kernel_shape, strides, dilations, pads, auto_pad, ...) of Conv,
/// ConvTranspose and the pools. In one dimension the vertical part is a window of height 1.
class WindowReader {
 public:
  /// `images` is (N,H,W,C). `kernel` is what the weights say; without weights the file must have kernel_shape.
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

/// The shape that a window sliding over (N,H,W,C) gives, with the same C; `ceil` keeps a last window that starts inside
/// the input or the padding before it, but reaches beyond. Errors: invalid_argument where not even one window fits.
Result<SymbolicShape> sliding_shape(const Builder& builder, const SymbolicShape& images, const op::Window& window,
                                    bool ceil);

/// (N,C,H,W) or (N,C,W), of which the latter counts as images of height 1, in memory as (N,H,W,C).
Result<ValueId> as_images(Builder& builder, ValueId x, bool& one_dimensional);
/// Back to (N,C,W) where `one_dimensional`.
Result<ValueId> from_images(Builder& builder, ValueId x, bool one_dimensional);

} // namespace ganlet
