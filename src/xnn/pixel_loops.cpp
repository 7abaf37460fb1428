#include "xnn/pixel_loops.h"

#include <algorithm>
#include <bit>

namespace ganlet::xnn {

namespace {

inline void add_channels(float* __restrict sum, std::int64_t step, const float* __restrict planes, std::int64_t stride,
                         std::int64_t count, std::int64_t channels) {
  for (std::int64_t i = 0; i < count; ++i, sum += step, planes += stride)
    for (std::int64_t c = 0; c < channels; ++c)
      sum[c] += planes[c];
}

/// Vectors spelled out, for every platform: compilers won't make them of a float's minimum by themselves, for a NaN's sake, and make
/// calls of short copies.
using Floats = float __attribute__((vector_size(16)));
using ManyFloats = float __attribute__((vector_size(64)));
using ManyIntegers = std::int32_t __attribute__((vector_size(64)));
using ManyBytes = std::int8_t __attribute__((vector_size(16)));

template <typename Vector> inline Vector load(const float* from) {
  Vector values;
  __builtin_memcpy(&values, from, sizeof values);
  return values;
}

template <typename Vector> inline void store(Vector values, void* to) { __builtin_memcpy(to, &values, sizeof values); }

struct Extent {
  float low = 0;
  float high = 0;
};

Floats least_of(Floats a, Floats b) { return a < b ? a : b; }
Floats most_of(Floats a, Floats b) { return a > b ? a : b; }

/// Of the numbers and 0.
Extent extent_of(std::span<const float> numbers) {
  Floats low{}, high{}, low2{}, high2{};
  std::size_t i = 0;
  for (; i + 8 <= numbers.size(); i += 8) {
    const auto values = load<Floats>(&numbers[i]), values2 = load<Floats>(&numbers[i + 4]);
    low = least_of(values, low);
    high = most_of(values, high);
    low2 = least_of(values2, low2);
    high2 = most_of(values2, high2);
  }
  low = least_of(low, low2);
  high = most_of(high, high2);
  Extent extent{std::min(std::min(low[0], low[1]), std::min(low[2], low[3])),
                std::max(std::max(high[0], high[1]), std::max(high[2], high[3]))};
  for (; i < numbers.size(); ++i)
    extent = {std::min(extent.low, numbers[i]), std::max(extent.high, numbers[i])};
  return extent;
}

constexpr float lowest = 0, highest = 127;
/// Added to a small number it leaves the number, rounded to an integer, in the low bits of the sum (1.5 * 2^23).
constexpr float rounding = 12582912;

} // namespace

/// The inner loop is unrolled for grey and coloured images.
void add_plane(float* sum, std::int64_t step, const float* planes, std::int64_t stride, std::int64_t count, std::int64_t channels) {
  if (channels == 1)
    add_channels(sum, step, planes, stride, count, 1);
  else if (channels == 3)
    add_channels(sum, step, planes, stride, count, 3);
  else
    add_channels(sum, step, planes, stride, count, channels);
}

void fill_with_bias(std::span<const float> bias, std::span<float> pixels) {
  for (std::size_t i = 0; i + bias.size() <= pixels.size(); i += bias.size()) {
    std::size_t c = 0;
    for (; c + 4 <= bias.size(); c += 4)
      store(load<Floats>(&bias[c]), &pixels[i + c]);
    for (; c < bias.size(); ++c)
      pixels[i + c] = bias[c];
  }
}

void clamp_all(const op::Clamp& clamp, std::span<float> values) {
  const float low = clamp.low, high = clamp.high;
  for (float& value : values)
    value = std::min(std::max(value, low), high);
}

Quantization quantize(std::span<const float> numbers, std::span<std::int8_t> integers) {
  const auto [low, high] = extent_of(numbers);
  const float range = high - low;
  const bool is_usual = range > 0 && range <= 3e38F;
  const float factor = is_usual ? (highest - lowest) / range : 0;
  const float zero = (is_usual ? std::clamp(lowest - low * factor, lowest, highest) : lowest) + rounding;
  const auto zero_point = std::bit_cast<std::int32_t>(zero) - std::bit_cast<std::int32_t>(rounding);

  // Clamped before rounding, where a NaN becomes the bound.
  const float least = lowest - static_cast<float>(zero_point), most = highest - static_cast<float>(zero_point);
  const auto one = [&](float number) {
    const float scaled = number * factor;
    const float inside = scaled > least ? (scaled < most ? scaled : most) : least;
    return std::bit_cast<std::int32_t>(inside + rounding) - std::bit_cast<std::int32_t>(rounding) + zero_point;
  };
  std::size_t i = 0;
  for (; i + 16 <= numbers.size(); i += 16) {
    const ManyFloats scaled = load<ManyFloats>(&numbers[i]) * factor;
    ManyFloats inside = scaled > least ? scaled : ManyFloats{} + least;
    inside = inside < most ? inside : ManyFloats{} + most;
    const ManyIntegers rounded = std::bit_cast<ManyIntegers>(inside + rounding) + (zero_point - std::bit_cast<std::int32_t>(rounding));
    store(__builtin_convertvector(rounded, ManyBytes), &integers[i]);
  }
  for (; i < numbers.size(); ++i)
    integers[i] = static_cast<std::int8_t>(one(numbers[i]));
  return {zero_point, factor > 0 ? 1 / factor : 1};
}

} // namespace ganlet::xnn
