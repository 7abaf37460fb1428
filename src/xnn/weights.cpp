#include "xnn/weights.h"

namespace ganlet::xnn {

Weights weights_of(const NodeContext& context) {
  Weights weights;
  if (context.input(0).type != DataType::float32)
    return weights;
  if (context.has_input(2)) {
    const Tensor* bias = context.constant(2);
    if (bias == nullptr || bias->type() != DataType::float32)
      return weights;
    weights.bias = bias->as<float>().data();
  }
  const Tensor* kernel = context.constant(1);
  if (kernel == nullptr)
    return weights;
  const bool quantized = kernel->type() == DataType::int8 && kernel->scale.size() == kernel->shape()[0];
  if (quantized || kernel->type() == DataType::float32)
    weights.kernel = kernel;
  return weights;
}

Tensor dequantized(const Tensor& kernel) {
  Tensor values(DataType::float32, kernel.shape());
  const std::span<const std::int8_t> from = kernel.as<std::int8_t>();
  const std::span<float> to = values.as<float>();
  const std::size_t channels = kernel.scale.size();
  const std::size_t each = channels == 0 ? 0 : from.size() / channels;
  for (std::size_t channel = 0; channel < channels; ++channel)
    for (std::size_t i = channel * each; i < (channel + 1) * each; ++i)
      to[i] = static_cast<float>(from[i]) * kernel.scale[channel];
  return values;
}

} // namespace ganlet::xnn
