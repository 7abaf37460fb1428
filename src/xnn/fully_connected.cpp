#include "graph/weights.h"
#include "xnn/weights.h"

namespace ganlet::xnn {

namespace {

/// Computes in float32 even if weights are int8: these layers read latents and styles, which need more than the seven
/// bits of `DynamicQuantizer`. Their error would affect every pixel, and they are a small part of the work.
class FullyConnected final : public OperatorKernel {
 public:
  static MadeKernel make(const op::Clamp& clamp, const Weights& weights) {
    auto made = std::make_unique<FullyConnected>();
    const auto outputs = static_cast<std::size_t>(weights.kernel->shape()[0]);
    const auto inputs = static_cast<std::size_t>(weights.kernel->shape()[1]);
    const Tensor values = weights.quantized() ? dequantized(*weights.kernel, 0) : Tensor();
    const float* kernel = weights.quantized() ? values.as<float>().data() : weights.values();
    const xnn_status status =
        xnn_create_fully_connected_nc_f32(inputs, outputs, inputs, outputs, kernel, weights.bias, clamp.low, clamp.high,
                                          0, nullptr, nullptr, out(made->operator_));
    return status == xnn_status_success ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape&, pthreadpool_t pool,
                     std::int64_t& scratch_bytes) override {
    scratch_bytes = 0;
    return xnn_reshape_fully_connected_nc_f32(operator_.get(), static_cast<std::size_t>(inputs[0][0]), pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    return xnn_setup_fully_connected_nc_f32(operator_.get(), buffers.inputs[0].as<float>().data(),
                                            buffers.output.as<float>().data());
  }
};

} // namespace

MadeKernel make(const op::FullyConnected& operation, const NodeContext& context) {
  const Weights weights = weights_of(context);
  if (weights.kernel == nullptr)
    return nullptr;
  return FullyConnected::make(operation.clamp, weights);
}

} // namespace ganlet::xnn
