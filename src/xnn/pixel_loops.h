#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "graph/ops.h"

// ganlet's own loops over every pixel and channel, which run between XNNPACK's operators. They are in a file of their
// own so that they can be compiled for speed while the rest is compiled for size.

namespace ganlet::xnn {

/// sum[i * step + c] += planes[i * stride + c] for i < count and c < channels. The two may not overlap.
void add_plane(float* sum, std::int64_t step, const float* planes, std::int64_t stride, std::int64_t count,
               std::int64_t channels);

/// Fills `pixels` with copies of `bias`, which has one value per channel, at least one.
void fill_with_bias(std::span<const float> bias, std::span<float> pixels);

/// largest[i] = max(largest[i], values[i]) for i < count; NaN is kept.
void keep_largest(float* largest, const float* values, std::int64_t count);
/// values[i] /= divisor for i < count
void divide(float* values, float divisor, std::int64_t count);

/// out[i] = a[i] - b[i]
void subtract(std::span<float> out, const float* a, const float* b);
/// out[i] = (a[i] - b[i]) - (c[i] - d[i])
void subtract(std::span<float> out, const float* a, const float* b, const float* c, const float* d);

/// A float array in which pixels are `step` elements apart.
struct Strided {
  const float* values;
  std::int64_t step;
};

/// pixels[i * step + c] = terms[0][c] + ... + terms[3][c] + bias[c] at pixel i, clamped, for i < count and c <
/// bias.size().
void sum_clamped(float* pixels, std::int64_t step, std::array<Strided, 4> terms, std::int64_t count,
                 std::span<const float> bias, const op::Clamp& clamp);

void clamp_all(const op::Clamp& clamp, std::span<float> values);

/// The columns of a panel of weights, which `multiply_panel` takes at once.
constexpr std::int64_t panel_columns = 32;

/// out[r * stride + c] = panel[0][c] + in[r * depth] * panel[1][c] + ... + in[r * depth + depth - 1] * panel[depth][c],
/// clamped, for r < rows and c < columns, which is at most panel_columns. It is added up in this order, and each
/// product is rounded: the same bits on every processor.
void multiply_panel(const float* in, std::int64_t rows, std::int64_t depth, const float* panel, const op::Clamp& clamp,
                    float* out, std::int64_t stride, std::int64_t columns);

/// out[i] = exp(in[i]) / (exp(in[0]) + ... + exp(in[count - 1])) for i < count, which is at least 1: the same bits on
/// every processor.
void softmax(const float* in, std::int64_t count, float* out);

/// Represents a number x by an integer q: x is about (q - zero_point) * scale.
struct Quantization {
  std::int32_t zero_point = 0;
  float scale = 1;
};

/// Quantizes numbers to integers from 0 to 127, such that 0 is exact. If a number isn't finite, the only guarantee is
/// that the integers are in range.
Quantization quantize(std::span<const float> numbers, std::span<std::int8_t> integers);

} // namespace ganlet::xnn
