#pragma once

#include <cassert>

#include "reference/linear.h"

namespace ganlet::reference {

/// The taps of a window along one axis that fall inside the input, for one output: the `count` taps first, first +
/// step, ... read inputs from, from + from_step, ...
struct Taps {
  std::int64_t first = 0, step = 1, count = 0;
  std::int64_t from = 0, from_step = 0;
};

/// The loops that Convolution and TransposedConvolution share: each output element is the bias plus a sum over the
/// kernel's taps. `taps(axis, at)` returns the taps that reach row (axis 0) or column (axis 1) `at` of the output.
template <typename Operation, typename TapsOf>
Result<void> sum_windows(const Operation& operation, Inputs inputs, const TensorView& output, const TapsOf& taps,
                         Work& work) {
  const LinearWeights weights(inputs);
  const auto& kernel = operation.window.kernel;
  const Shape& from = inputs[0].shape;
  const Shape& shape = output.shape;
  const std::int64_t group_inputs = from[3] / operation.groups, group_outputs = shape[3] / operation.groups;
  assert(inputs[1].shape == (Shape{shape[3], kernel[0], kernel[1], group_inputs}));
  const float* images = inputs[0].as<float>().data();
  float* to = output.as<float>().data();

  const auto value = [&](std::int64_t image, const Taps& down, const Taps& across, std::int64_t channel) {
    double sum = weights.bias(channel);
    const std::int64_t first_input = channel / group_outputs * group_inputs;
    for (std::int64_t i = 0; i < down.count; ++i) {
      const std::int64_t y = down.from + i * down.from_step;
      const std::int64_t first_tap = (down.first + i * down.step) * kernel[1] + across.first;
      const float* row = images + ((image * from[1] + y) * from[2] + across.from) * from[3] + first_input;
      if (group_inputs == 1) { // dot products of length 1 would be mostly calls
        sum = weights.add_products(sum, row, across.from_step * from[3], channel, first_tap, across.step, across.count);
        continue;
      }
      for (std::int64_t j = 0; j < across.count; ++j)
        sum += weights.dot(row + j * across.from_step * from[3], channel, (first_tap + j * across.step) * group_inputs,
                           group_inputs);
    }
    return clamped(sum, operation.clamp);
  };
  work.split(shape.elements());
  for (std::int64_t image = 0; image < shape[0]; ++image)
    for (std::int64_t row = 0; row < shape[1] && !work.stopped(); ++row) {
      const Taps down = taps(0, row);
      for (std::int64_t column = 0; column < shape[2]; ++column) {
        const Taps across = taps(1, column);
        for (std::int64_t channel = 0; channel < shape[3] && work.turn(); ++channel)
          *to++ = value(image, down, across, channel);
      }
    }
  return work.result();
}

} // namespace ganlet::reference
