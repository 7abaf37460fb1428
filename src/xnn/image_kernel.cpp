#include "xnn/image_kernel.h"

#include "xnn/dims.h"

namespace ganlet::xnn {

std::int64_t ImageKernel::table_bytes(std::span<const Shape>, const Shape& output) const {
  return indirection_bytes(window_, output);
}

xnn_status ImageKernel::reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t pool,
                                std::int64_t& scratch_bytes) {
  const Shape& input = inputs[0];
  images_ = input[0];
  images_at_once_ = quantized() ? 1 : images_;
  input_elements_ = product(input, 1, 4);
  output_elements_ = product(output, 1, 4);
  scratch_bytes = 0;
  if (quantized()) {
    quantizer_->reshape(1, input_elements_);
    scratch_bytes = quantizer_->scratch_bytes();
  }
  const Size size{static_cast<std::size_t>(input[1]), static_cast<std::size_t>(input[2])};
  Size made;
  if (const xnn_status status = reshape_operator(static_cast<std::size_t>(images_at_once_), size, made, pool);
      status != xnn_status_success)
    return status;
  const bool as_planned =
      static_cast<std::int64_t>(made.height) == output[1] && static_cast<std::int64_t>(made.width) == output[2];
  return as_planned ? xnn_status_success : xnn_status_unsupported_parameter;
}

xnn_status ImageKernel::setup(const Buffers& buffers) {
  input_ = buffers.inputs[0].as<float>().data();
  output_ = buffers.output.as<float>().data();
  scratch_ = buffers.scratch;
  return xnn_status_success;
}

Result<void> ImageKernel::run(pthreadpool_t pool) {
  for (std::int64_t image = 0; image < images_; image += images_at_once_)
    if (run_images(input_ + image * input_elements_, output_ + image * output_elements_, pool) != xnn_status_success)
      return failed_to_run();
  return {};
}

/// Calling an operator's setup again is cheap: it only changes its pointers.
xnn_status ImageKernel::run_images(const float* input, float* output, pthreadpool_t pool) {
  xnn_status status;
  if (!quantized()) {
    status = setup_operator(input, output);
  } else {
    quantizer_->run(input, scratch_);
    status = setup_operator(quantizer_->values(scratch_), quantizer_->parameters(scratch_), output);
  }
  return status == xnn_status_success ? xnn_run_operator(operator_.get(), pool) : status;
}

bool has_negative_pad(const op::Window& window) {
  return window.pad_before[0] < 0 || window.pad_before[1] < 0 || window.pad_after[0] < 0 || window.pad_after[1] < 0;
}

} // namespace ganlet::xnn
