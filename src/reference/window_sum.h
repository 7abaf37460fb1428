#pragma once

#include <cassert>

#include "reference/linear.h"

namespace ganlet::reference {

/// What Convolution and TransposedConvolution share: each output element is the bias and a sum over the kernel's taps.
/// `source(axis, at, k)` is the input row (axis 0) or column (axis 1) that tap k takes to output `at`, or -1 where
/// there is none.
template <typename Operation, typename Source>
void sum_windows(const Operation& operation, Inputs inputs, const TensorView& output, Source source) {
  const LinearWeights weights(inputs);
  const auto& kernel = operation.window.kernel;
  const Shape& from = inputs[0].shape;
  const Shape& shape = output.shape;
  const std::int64_t group_inputs = from[3] / operation.groups, group_outputs = shape[3] / operation.groups;
  assert(inputs[1].shape == (Shape{shape[3], kernel[0], kernel[1], group_inputs}));
  const float* images = inputs[0].as<float>().data();
  float* to = output.as<float>().data();

  const auto value = [&](std::int64_t image, std::int64_t row, std::int64_t column, std::int64_t channel) {
    double sum = weights.bias(channel);
    for (std::int64_t ky = 0; ky < kernel[0]; ++ky) {
      const std::int64_t y = source(0, row, ky);
      for (std::int64_t kx = 0; y >= 0 && kx < kernel[1]; ++kx) {
        const std::int64_t x = source(1, column, kx);
        if (x < 0)
          continue;
        const float* pixel = images + ((image * from[1] + y) * from[2] + x) * from[3];
        sum += weights.dot(pixel + channel / group_outputs * group_inputs, channel,
                           (ky * kernel[1] + kx) * group_inputs, group_inputs);
      }
    }
    return clamped(sum, operation.clamp);
  };
  for (std::int64_t image = 0; image < shape[0]; ++image)
    for (std::int64_t row = 0; row < shape[1]; ++row)
      for (std::int64_t column = 0; column < shape[2]; ++column)
        for (std::int64_t channel = 0; channel < shape[3]; ++channel)
          *to++ = value(image, row, column, channel);
}

} // namespace ganlet::reference
