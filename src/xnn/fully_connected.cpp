#include <optional>

#include "xnn/dynamic_quantizer.h"
#include "xnn/weights.h"

namespace ganlet::xnn {

namespace {

class FullyConnected final : public OperatorKernel {
 public:
  static MadeKernel make(const op::Clamp& clamp, const Weights& weights) {
    auto made = std::make_unique<FullyConnected>();
    const auto outputs = static_cast<std::size_t>(weights.kernel->shape()[0]);
    const auto inputs = static_cast<std::size_t>(weights.kernel->shape()[1]);
    xnn_status status;
    if (weights.quantized()) {
      made->quantizer_.emplace();
      status = xnn_create_fully_connected_nc_qd8_f32_qc8w(inputs, outputs, inputs, outputs, weights.scale(),
                                                          weights.quantized_values(), weights.bias, clamp.low,
                                                          clamp.high, 0, nullptr, nullptr, out(made->operator_));
    } else {
      status = xnn_create_fully_connected_nc_f32(inputs, outputs, inputs, outputs, weights.values(), weights.bias,
                                                 clamp.low, clamp.high, 0, nullptr, nullptr, out(made->operator_));
    }
    return status == xnn_status_success ? std::move(made) : nullptr;
  }

  xnn_status reshape(std::span<const Shape> inputs, const Shape&, pthreadpool_t pool,
                     std::size_t& scratch_bytes) override {
    const std::int64_t rows = inputs[0][0];
    if (!quantizer_) {
      scratch_bytes = 0;
      return xnn_reshape_fully_connected_nc_f32(operator_.get(), static_cast<std::size_t>(rows), pool);
    }
    const xnn_status status = quantizer_->reshape(rows, inputs[0][1], pool);
    if (status != xnn_status_success)
      return status;
    scratch_bytes = quantizer_->scratch_bytes();
    return xnn_reshape_fully_connected_nc_qd8_f32_qc8w(operator_.get(), static_cast<std::size_t>(rows), pool);
  }

  xnn_status setup(const Buffers& buffers) override {
    const float* input = buffers.inputs[0].as<float>().data();
    float* output = buffers.output.as<float>().data();
    if (!quantizer_)
      return xnn_setup_fully_connected_nc_f32(operator_.get(), input, output);
    const xnn_status status = quantizer_->setup(input, buffers.scratch);
    if (status != xnn_status_success)
      return status;
    return xnn_setup_fully_connected_nc_qd8_f32_qc8w(operator_.get(), quantizer_->values(buffers.scratch), output,
                                                     quantizer_->parameters(buffers.scratch));
  }

  Result<void> run(pthreadpool_t pool) override {
    if (quantizer_ && quantizer_->run(pool) != xnn_status_success)
      return failed_to_run();
    return OperatorKernel::run(pool);
  }

 private:
  std::optional<DynamicQuantizer> quantizer_;
};

} // namespace

MadeKernel make_fully_connected(const op::FullyConnected& operation, const NodeContext& context) {
  const Weights weights = weights_of(context);
  if (weights.kernel == nullptr)
    return nullptr;
  return FullyConnected::make(operation.clamp, weights);
}

} // namespace ganlet::xnn
