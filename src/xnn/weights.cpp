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

} // namespace ganlet::xnn
