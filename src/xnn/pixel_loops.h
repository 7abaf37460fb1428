#pragma once

#include <cstdint>
#include <span>

#include "graph/ops.h"

// The few loops of our own that go over every pixel and channel between XNNPACK's operators. They stand alone so that they can be
// compiled for speed where the rest is compiled for size.

namespace ganlet::xnn {

/// sum[i * step + c] += planes[i * stride + c] for i < count and c < channels. The two may not overlap.
void add_plane(float* sum, std::int64_t step, const float* planes, std::int64_t stride, std::int64_t count, std::int64_t channels);

/// Fills `pixels` with as many copies of `bias`, one value a channel, as fit.
void fill_with_bias(std::span<const float> bias, std::span<float> pixels);

void clamp_all(const op::Clamp& clamp, std::span<float> values);

/// A number x is about (q - zero_point) * scale.
struct Quantization {
  std::int32_t zero_point = 0;
  float scale = 1;
};

/// Numbers to the integers from 0 to 127, such that 0 is exact. Where a number isn't finite all that is certain is that the integers
/// are in range.
Quantization quantize(std::span<const float> numbers, std::span<std::int8_t> integers);

} // namespace ganlet::xnn
