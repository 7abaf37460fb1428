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

/// Every lane combined with all others: comparing them one by one would be as many branches that can't be predicted.
template <typename Combine> Floats across(Floats values, Combine combine) {
  values = combine(values, __builtin_shufflevector(values, values, 2, 3, 0, 1));
  return combine(values, __builtin_shufflevector(values, values, 1, 0, 3, 2));
}

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
  low = across(least_of(low, low2), least_of);
  high = across(most_of(high, high2), most_of);
  Extent extent{low[0], high[0]};
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

void subtract(std::span<float> out, const float* a, const float* b) {
  std::size_t i = 0;
  for (; i + 4 <= out.size(); i += 4)
    store(load<Floats>(a + i) - load<Floats>(b + i), &out[i]);
  for (; i < out.size(); ++i)
    out[i] = a[i] - b[i];
}

void subtract(std::span<float> out, const float* a, const float* b, const float* c, const float* d) {
  std::size_t i = 0;
  for (; i + 4 <= out.size(); i += 4)
    store((load<Floats>(a + i) - load<Floats>(b + i)) - (load<Floats>(c + i) - load<Floats>(d + i)), &out[i]);
  for (; i < out.size(); ++i)
    out[i] = (a[i] - b[i]) - (c[i] - d[i]);
}

void sum_clamped(float* pixels, std::int64_t step, std::array<Strided, 4> terms, std::int64_t count, std::span<const float> bias,
                 const op::Clamp& clamp) {
  auto [a, b, c, d] = terms;
  for (; count > 0; --count, pixels += step, a.values += a.step, b.values += b.step, c.values += c.step, d.values += d.step) {
    std::size_t i = 0;
    for (; i + 4 <= bias.size(); i += 4) {
      const Floats sum = (load<Floats>(a.values + i) + load<Floats>(b.values + i)) + (load<Floats>(c.values + i) + load<Floats>(d.values + i)) +
                         load<Floats>(&bias[i]);
      store(least_of(most_of(sum, Floats{} + clamp.low), Floats{} + clamp.high), pixels + i);
    }
    for (; i < bias.size(); ++i)
      pixels[i] = std::min(std::max((a.values[i] + b.values[i]) + (c.values[i] + d.values[i]) + bias[i], clamp.low), clamp.high);
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
  const bool is_usual = range > 1e-30F && range < 1e30F; // so that its inverse is finite as well
  const float factor = is_usual ? (highest - lowest) / range : 0;
  const float zero = (is_usual ? lowest - low * factor : lowest) + rounding;
  const auto zero_point = std::bit_cast<std::int32_t>(zero) - std::bit_cast<std::int32_t>(rounding);

  // Clamped before rounding, where a NaN becomes the bound. The sum's low byte is the integer.
  const float least = lowest - static_cast<float>(zero_point), most = highest - static_cast<float>(zero_point);
  std::size_t i = 0;
  for (; i + 16 <= numbers.size(); i += 16) {
    const ManyFloats scaled = load<ManyFloats>(&numbers[i]) * factor;
    ManyFloats inside = scaled > least ? scaled : ManyFloats{} + least;
    inside = inside < most ? inside : ManyFloats{} + most;
    store(__builtin_convertvector(std::bit_cast<ManyIntegers>(inside + zero), ManyBytes), &integers[i]);
  }
  for (; i < numbers.size(); ++i) {
    const float scaled = numbers[i] * factor;
    const float inside = scaled > least ? (scaled < most ? scaled : most) : least;
    integers[i] = static_cast<std::int8_t>(std::bit_cast<std::int32_t>(inside + zero));
  }
  return {zero_point, is_usual ? range / (highest - lowest) : 1};
}

} // namespace ganlet::xnn
