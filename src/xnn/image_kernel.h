#pragma once

#include <array>
#include <optional>

#include "xnn/dynamic_quantizer.h"
#include "xnn/weights.h"

namespace ganlet::xnn {

/// The common part of convolutions and transposed convolutions: an operator from images to images, whose input may have
/// to be quantized at run time. With quantization it processes one image at a time: the quantized image is still in the
/// cache when the operator reads it, and XNNPACK's operators of this kind (as of 2024-11) release the wrong zero
/// buffers when their batch changes.
class ImageKernel : public OperatorKernel {
 public:
  explicit ImageKernel(const op::Window& window) : window_(window) {}

  std::int64_t table_bytes(std::span<const Shape> inputs, const Shape& output) const final;
  xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) final;
  xnn_status setup(const Buffers& buffers) final;
  Result<void> run(pthreadpool_t pool) final;

 protected:
  struct Size {
    std::size_t height = 0;
    std::size_t width = 0;
  };
  virtual xnn_status reshape_operator(std::size_t images, Size input, Size& output, pthreadpool_t pool) = 0;
  virtual xnn_status setup_operator(const float* input, float* output) = 0;
  virtual xnn_status setup_operator(const std::int8_t* input, const xnn_quantization_params* parameters,
                                    float* output) = 0;

  bool quantized() const { return quantizer_.has_value(); }
  void quantize_input() { quantizer_.emplace(); }

 private:
  xnn_status run_images(const float* input, float* output, pthreadpool_t pool);

  op::Window window_;
  std::optional<DynamicQuantizer> quantizer_; ///< with one row per image
  std::int64_t images_ = 0;
  std::int64_t images_at_once_ = 0;
  std::int64_t input_elements_ = 0; ///< of one image
  std::int64_t output_elements_ = 0;
  const float* input_ = nullptr;
  float* output_ = nullptr;
  std::byte* scratch_ = nullptr;
};

/// Calls one of XNNPACK's create functions for (transposed) convolutions, which have the same parameters. `kernel` is
/// the values, or the scales and the quantized values. `shape` is that of the weights, (O,kh,kw,I/groups).
template <typename Create, typename... Kernel>
xnn_status create_image_operator(Create create, const op::Window& window, std::int64_t groups, const op::Clamp& clamp,
                                 const Shape& shape, const float* bias, Operator& made, Kernel... kernel) {
  const auto number = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
  const auto group_count = static_cast<std::size_t>(groups);
  const auto outputs = static_cast<std::size_t>(shape[0]);
  const auto group_inputs = static_cast<std::size_t>(shape[3]);
  return create(number(window.pad_before[0]), number(window.pad_after[1]), number(window.pad_after[0]),
                number(window.pad_before[1]), number(window.kernel[0]), number(window.kernel[1]),
                number(window.stride[0]), number(window.stride[1]), number(window.dilation[0]),
                number(window.dilation[1]), number(groups), group_inputs, outputs / group_count,
                group_inputs * group_count, outputs, kernel..., bias, clamp.low, clamp.high, 0, nullptr, nullptr,
                out(made));
}

/// XNNPACK's pads are unsigned, so it can't run these.
bool has_negative_pad(const op::Window& window);

} // namespace ganlet::xnn
