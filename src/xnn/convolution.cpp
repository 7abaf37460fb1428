#include "graph/weights.h"
#include "xnn/image_kernel.h"
#include "xnn/product_convolution.h"

namespace ganlet::xnn {

namespace {

/// With fewer output channels, a group is a depthwise convolution or close to one. XNNPACK has no int8 kernels with
/// dynamic quantization for those and would pad each group's outputs to a tile; in float32 it has depthwise kernels.
constexpr std::int64_t few_group_outputs = 8;

class Convolution final : public ImageKernel {
 public:
  using ImageKernel::ImageKernel;

  static MadeKernel make(const op::Convolution& operation, const Weights& weights) {
    auto made = std::make_unique<Convolution>(operation.window);
    const Shape& shape = weights.kernel->shape();
    const auto create = [&](auto function, auto... kernel) {
      return create_image_operator(function, operation.window, operation.groups, operation.clamp, shape, weights.bias,
                                   made->operator_, kernel...);
    };
    xnn_status status;
    if (!weights.quantized()) {
      status = create(xnn_create_convolution2d_nhwc_f32, weights.values());
    } else if (operation.groups > 1 && shape[0] / operation.groups < few_group_outputs) {
      const Tensor values = dequantized(*weights.kernel, 0);
      status = create(xnn_create_convolution2d_nhwc_f32, values.as<float>().data());
    } else {
      made->quantize_input();
      status = create(xnn_create_convolution2d_nhwc_qd8_f32_qc8w, weights.scale(), weights.quantized_values());
    }
    return status == xnn_status_success ? std::move(made) : nullptr;
  }

 private:
  xnn_status reshape_operator(std::size_t images, Size input, Size& output, pthreadpool_t pool) override {
    const auto function =
        quantized() ? xnn_reshape_convolution2d_nhwc_qd8_f32_qc8w : xnn_reshape_convolution2d_nhwc_f32;
    std::size_t workspace = 0, alignment = 0;
    const xnn_status status = function(operator_.get(), images, input.height, input.width, &workspace, &alignment,
                                       &output.height, &output.width, pool);
    // Only operators with transient indirection buffers ask for a workspace, and these have none.
    return workspace == 0 ? status : xnn_status_unsupported_parameter;
  }

  xnn_status setup_operator(const float* input, float* output) override {
    return xnn_setup_convolution2d_nhwc_f32(operator_.get(), nullptr, input, output);
  }

  xnn_status setup_operator(const std::int8_t* input, const xnn_quantization_params* parameters,
                            float* output) override {
    return xnn_setup_convolution2d_nhwc_qd8_f32_qc8w(operator_.get(), nullptr, input, output, parameters);
  }
};

} // namespace

MadeKernel make(const op::Convolution& operation, const NodeContext& context) {
  if (MadeKernel product = make_product_convolution(operation, context))
    return product;
  const Weights weights = weights_of(context);
  if (weights.kernel == nullptr || has_negative_pad(operation.window))
    return nullptr;
  return Convolution::make(operation, weights);
}

} // namespace ganlet::xnn
