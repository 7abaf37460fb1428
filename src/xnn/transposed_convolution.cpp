#include "xnn/image_kernel.h"
#include "xnn/product_convolution.h"
#include "xnn/winograd_transposed_convolution.h"

namespace ganlet::xnn {

namespace {

class TransposedConvolution final : public ImageKernel {
 public:
  using ImageKernel::ImageKernel;

  static MadeKernel make(const op::TransposedConvolution& operation, const Weights& weights) {
    auto made = std::make_unique<TransposedConvolution>(operation.window);
    for (std::size_t axis = 0; axis < 2; ++axis)
      made->adjustment_[axis] = static_cast<std::uint32_t>(operation.output_padding[axis]);
    const auto create = [&](auto function, auto... kernel) {
      return create_image_operator(function, operation.window, operation.groups, operation.clamp,
                                   weights.kernel->shape(), weights.bias, made->operator_, kernel...);
    };
    xnn_status status;
    if (weights.quantized()) {
      made->quantize_input();
      status = create(xnn_create_deconvolution2d_nhwc_qd8_f32_qc8w, weights.scale(), weights.quantized_values());
    } else {
      status = create(xnn_create_deconvolution2d_nhwc_f32, weights.values());
    }
    return status == xnn_status_success ? std::move(made) : nullptr;
  }

 private:
  xnn_status reshape_operator(std::size_t images, Size input, Size& output, pthreadpool_t pool) override {
    const auto function =
        quantized() ? xnn_reshape_deconvolution2d_nhwc_qd8_f32_qc8w : xnn_reshape_deconvolution2d_nhwc_f32;
    return function(operator_.get(), images, input.height, input.width, adjustment_[0], adjustment_[1], &output.height,
                    &output.width, pool);
  }

  xnn_status setup_operator(const float* input, float* output) override {
    return xnn_setup_deconvolution2d_nhwc_f32(operator_.get(), input, output);
  }

  xnn_status setup_operator(const std::int8_t* input, const xnn_quantization_params* parameters,
                            float* output) override {
    return xnn_setup_deconvolution2d_nhwc_qd8_f32_qc8w(operator_.get(), input, output, parameters);
  }

  std::array<std::uint32_t, 2> adjustment_{};
};

/// XNNPACK computes each phase of the stride as a slice of the output. If the output has fewer rows or columns than
/// there are phases, it gets the sizes of slices wrong and overruns memory.
bool is_below_stride(const op::Window& window, const NodeContext& context) {
  const SymbolicShape& output = context.output().shape;
  return output[1].count < window.stride[0] || output[2].count < window.stride[1];
}

} // namespace

MadeKernel make(const op::TransposedConvolution& operation, const NodeContext& context) {
  if (MadeKernel winograd = make_winograd_transposed_convolution(operation, context))
    return winograd;
  if (MadeKernel product = make_product_convolution(operation, context))
    return product;
  const Weights weights = weights_of(context);
  if (weights.kernel == nullptr || has_negative_pad(operation.window) || is_below_stride(operation.window, context))
    return nullptr;
  return TransposedConvolution::make(operation, weights);
}

} // namespace ganlet::xnn
