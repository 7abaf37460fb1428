#pragma once

#include "xnn/kernel.h"

namespace ganlet::xnn {

/// The constants of a linear op (inputs 1 and 2) in the form that XNNPACK takes.
struct Weights {
  const Tensor* kernel = nullptr; ///< float32, or int8 with a scale per output channel
  const float* bias = nullptr;    ///< null if there is none

  bool quantized() const { return kernel->type() == DataType::int8; }
  const float* values() const { return kernel->as<float>().data(); }
  const std::int8_t* quantized_values() const { return kernel->as<std::int8_t>().data(); }
  const float* scale() const { return kernel->scale.data(); }
};

/// `kernel` is null if the weights aren't constants of a type that XNNPACK takes.
Weights weights_of(const NodeContext& context);

} // namespace ganlet::xnn
