#include "xnn/pixel_loops.h"

#include <algorithm>
#include <bit>

// On x86 each loop is also compiled for AVX2 and AVX-512, and the processor decides at run time which version runs. FMA
// isn't used: without it sums are rounded as in WebAssembly, so that pictures equal those of browsers.
#if defined(__x86_64__) && defined(__ELF__) && !defined(GANLET_NO_CHOICE_WHEN_LOADING)
#define GANLET_FOR_PROCESSORS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define GANLET_FOR_PROCESSORS
#endif

/// For helpers: inlined into a loop, they are compiled for the same instructions.
#define GANLET_INTO_LOOP [[gnu::always_inline]] inline

/// Before a loop over what is left of a vector: the compiler would make vectors of it once more.
#ifdef __clang__
#define GANLET_FEW_TURNS _Pragma("clang loop vectorize(disable) unroll(disable)")
#else
#define GANLET_FEW_TURNS
#endif

namespace ganlet::xnn {

namespace {

GANLET_INTO_LOOP void add_channels(float* __restrict sum, std::int64_t step, const float* __restrict planes,
                                   std::int64_t stride, std::int64_t count, std::int64_t channels) {
  for (std::int64_t i = 0; i < count; ++i, sum += step, planes += stride)
    for (std::int64_t c = 0; c < channels; ++c)
      sum[c] += planes[c];
}

/// Vectors are spelled out because compilers don't vectorize the minimum of floats by themselves (for the sake of NaN),
/// and turn short copies into calls. This is a class because bare vectors may not be passed between functions that are
/// compiled for different processors.
template <std::size_t count> struct Vectors {
  static constexpr std::size_t lanes = count;
  using Vector = float __attribute__((vector_size(lanes * sizeof(float))));
  Vector values{};

  GANLET_INTO_LOOP static Vectors load(const float* from) {
    Vectors floats;
    __builtin_memcpy(&floats, from, sizeof floats);
    return floats;
  }
  GANLET_INTO_LOOP static Vectors all(float value) { return {Vector{} + value}; }
  GANLET_INTO_LOOP void store(float* to) const { __builtin_memcpy(to, &values, sizeof values); }

  GANLET_INTO_LOOP Vectors operator+(Vectors other) const { return {values + other.values}; }
  GANLET_INTO_LOOP Vectors operator-(Vectors other) const { return {values - other.values}; }
  GANLET_INTO_LOOP Vectors operator*(Vectors other) const { return {values * other.values}; }
};
using Floats = Vectors<8>;

template <std::size_t count> GANLET_INTO_LOOP Vectors<count> least_of(Vectors<count> a, Vectors<count> b) {
  return {a.values < b.values ? a.values : b.values};
}
template <std::size_t count> GANLET_INTO_LOOP Vectors<count> most_of(Vectors<count> a, Vectors<count> b) {
  return {a.values > b.values ? a.values : b.values};
}

/// Combines every lane with all others. Comparing them one by one would need as many unpredictable branches.
template <typename Combine> GANLET_INTO_LOOP float across(Floats floats, Combine combine) {
  floats = combine(floats, {__builtin_shufflevector(floats.values, floats.values, 4, 5, 6, 7, 0, 1, 2, 3)});
  floats = combine(floats, {__builtin_shufflevector(floats.values, floats.values, 2, 3, 0, 1, 6, 7, 4, 5)});
  floats = combine(floats, {__builtin_shufflevector(floats.values, floats.values, 1, 0, 3, 2, 5, 4, 7, 6)});
  return floats.values[0];
}

struct Extent {
  float low = 0;
  float high = 0;
};

/// The extent of the numbers and 0.
GANLET_INTO_LOOP Extent extent_of(std::span<const float> numbers) {
  Floats lows, highs;
  std::size_t i = 0;
  for (; i + Floats::lanes <= numbers.size(); i += Floats::lanes) {
    const Floats values = Floats::load(&numbers[i]);
    lows = least_of(values, lows);
    highs = most_of(values, highs);
  }
  Extent extent{across(lows, least_of<8>), across(highs, most_of<8>)};
  GANLET_FEW_TURNS
  for (; i < numbers.size(); ++i)
    extent = {std::min(extent.low, numbers[i]), std::max(extent.high, numbers[i])};
  return extent;
}

/// As many floats as make a whole vector of bytes.
using ManyFloats = float __attribute__((vector_size(64)));
using ManyIntegers = std::int32_t __attribute__((vector_size(64)));
using ManyBytes = std::int8_t __attribute__((vector_size(16)));

constexpr float lowest = 0, highest = 127;
/// When added to a small number, it leaves the number, rounded to an integer, in the low bits of the sum (1.5 * 2^23).
constexpr float rounding = 12582912;

/// The rows and columns of a product whose sums stay in registers, if there are that many rows.
constexpr std::int64_t block_rows = 4;
#ifdef __wasm__
using BlockFloats = Vectors<8>;
#else
using BlockFloats = Vectors<16>;
#endif
constexpr std::int64_t block_columns = BlockFloats::lanes;

template <std::int64_t rows, std::int64_t most_columns>
GANLET_INTO_LOOP void multiply_block(const float* in, std::int64_t depth, const float* weights, const op::Clamp& clamp,
                                     float* out, std::int64_t stride, std::int64_t columns) {
  constexpr std::size_t vectors = most_columns / BlockFloats::lanes;
  const BlockFloats low = BlockFloats::all(clamp.low), high = BlockFloats::all(clamp.high);
  BlockFloats sums[rows][vectors];
  for (auto& row : sums)
    for (std::size_t v = 0; v < vectors; ++v)
      row[v] = BlockFloats::load(weights + v * BlockFloats::lanes);
  for (std::int64_t k = 0; k < depth; ++k) {
    weights += panel_columns;
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::size_t v = 0; v < vectors; ++v)
        sums[row][v] =
            sums[row][v] + BlockFloats::all(in[row * depth + k]) * BlockFloats::load(weights + v * BlockFloats::lanes);
  }
  for (std::int64_t row = 0; row < rows; ++row, out += stride) {
    BlockFloats clamped[vectors];
    for (std::size_t v = 0; v < vectors; ++v)
      clamped[v] = least_of(high, most_of(low, sums[row][v])); // NaN stays
    if (columns == most_columns)
      __builtin_memcpy(out, clamped, sizeof clamped);
    else
      __builtin_memcpy(out, clamped, static_cast<std::size_t>(columns) * sizeof(float));
  }
}

using Four = float __attribute__((vector_size(16)));
using FourIntegers = std::int32_t __attribute__((vector_size(16)));

/// Puts exp(in[i] - largest) into out[i] for i < count <= 4, and returns them. With n the whole number nearest to
/// x / ln 2, exp(x) is 2^n exp(t) for t = x - n ln 2, by a polynomial; its coefficients, and the order of steps, are
/// those of XNNPACK's kernel for WebAssembly.
GANLET_INTO_LOOP Four put_exponentials(const float* in, std::int64_t count, float largest, float* out) {
  const auto bytes = static_cast<std::size_t>(count) * sizeof(float);
  Four x{};
  __builtin_memcpy(&x, in, bytes);
  x -= largest;
  constexpr float shift = 0x1.8000FEp23F; // added to a number, it leaves the number's exponent in the low bits
  const Four n = x * 0x1.715476p+0F + shift;
  const auto power = reinterpret_cast<Four>(reinterpret_cast<FourIntegers>(n) << 23);
  Four t = (n - shift) * -0x1.62E400p-1F + x;
  t = (n - shift) * -0x1.7F7D1Cp-20F + t;
  Four polynomial = t * 0x1.0F9F9Cp-7F + 0x1.573A1Ap-5F;
  for (const float coefficient : {0x1.555A80p-3F, 0x1.FFFDC6p-2F, 0x1.FFFFF6p-1F})
    polynomial = polynomial * t + coefficient;
  const Four value = t * power * polynomial + power;
  const Four kept = x < -0x1.5D589Ep6F ? Four{} : value; // less than the smallest normal number
  __builtin_memcpy(out, &kept, bytes);
  return kept;
}

} // namespace

/// The inner loop is unrolled for images of 1 and 3 channels.
GANLET_FOR_PROCESSORS void add_plane(float* sum, std::int64_t step, const float* planes, std::int64_t stride,
                                     std::int64_t count, std::int64_t channels) {
  if (channels == 1)
    add_channels(sum, step, planes, stride, count, 1);
  else if (channels == 3)
    add_channels(sum, step, planes, stride, count, 3);
  else
    add_channels(sum, step, planes, stride, count, channels);
}

void fill_with_bias(std::span<const float> bias, std::span<float> pixels) {
  if (pixels.empty())
    return;
  std::copy(bias.begin(), bias.end(), pixels.begin());
  // What is filled is copied behind itself, which doubles it.
  for (std::size_t filled = bias.size(); filled < pixels.size(); filled *= 2)
    __builtin_memcpy(&pixels[filled], pixels.data(), std::min(filled, pixels.size() - filled) * sizeof(float));
}

GANLET_FOR_PROCESSORS void keep_largest(float* largest, const float* values, std::int64_t count) {
  constexpr auto lanes = static_cast<std::int64_t>(Floats::lanes);
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const Floats now = Floats::load(largest + i), next = Floats::load(values + i);
    Floats{((next.values > now.values) | (next.values != next.values)) ? next.values : now.values}.store(largest + i);
  }
  GANLET_FEW_TURNS
  for (; i < count; ++i)
    largest[i] = values[i] > largest[i] || values[i] != values[i] ? values[i] : largest[i];
}

GANLET_FOR_PROCESSORS void divide(float* values, float divisor, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i)
    values[i] /= divisor;
}

GANLET_FOR_PROCESSORS void subtract(std::span<float> out, const float* a, const float* b) {
  std::size_t i = 0;
  for (; i + Floats::lanes <= out.size(); i += Floats::lanes)
    (Floats::load(a + i) - Floats::load(b + i)).store(&out[i]);
  GANLET_FEW_TURNS
  for (; i < out.size(); ++i)
    out[i] = a[i] - b[i];
}

GANLET_FOR_PROCESSORS void subtract(std::span<float> out, const float* a, const float* b, const float* c,
                                    const float* d) {
  std::size_t i = 0;
  for (; i + Floats::lanes <= out.size(); i += Floats::lanes)
    ((Floats::load(a + i) - Floats::load(b + i)) - (Floats::load(c + i) - Floats::load(d + i))).store(&out[i]);
  GANLET_FEW_TURNS
  for (; i < out.size(); ++i)
    out[i] = (a[i] - b[i]) - (c[i] - d[i]);
}

GANLET_FOR_PROCESSORS void sum_clamped(float* pixels, std::int64_t step, std::array<Strided, 4> terms,
                                       std::int64_t count, std::span<const float> bias, const op::Clamp& clamp) {
  auto [a, b, c, d] = terms;
  for (; count > 0;
       --count, pixels += step, a.values += a.step, b.values += b.step, c.values += c.step, d.values += d.step) {
    std::size_t i = 0;
    for (; i + Floats::lanes <= bias.size(); i += Floats::lanes) {
      const Floats sum = (Floats::load(a.values + i) + Floats::load(b.values + i)) +
                         (Floats::load(c.values + i) + Floats::load(d.values + i)) + Floats::load(&bias[i]);
      least_of(most_of(sum, Floats::all(clamp.low)), Floats::all(clamp.high)).store(pixels + i);
    }
    GANLET_FEW_TURNS
    for (; i < bias.size(); ++i)
      pixels[i] = std::min(std::max((a.values[i] + b.values[i]) + (c.values[i] + d.values[i]) + bias[i], clamp.low),
                           clamp.high);
  }
}

GANLET_FOR_PROCESSORS void clamp_all(const op::Clamp& clamp, std::span<float> values) {
  const float low = clamp.low, high = clamp.high;
  for (float& value : values)
    value = std::min(std::max(value, low), high);
}

GANLET_FOR_PROCESSORS void multiply_panel(const float* in, std::int64_t rows, std::int64_t depth, const float* panel,
                                          const op::Clamp& clamp, float* out, std::int64_t stride,
                                          std::int64_t columns) {
  for (; rows >= block_rows; rows -= block_rows, in += block_rows * depth, out += block_rows * stride)
    for (std::int64_t c = 0; c < columns; c += block_columns)
      multiply_block<block_rows, block_columns>(in, depth, panel + c, clamp, out + c, stride,
                                                std::min(columns - c, block_columns));
  for (; rows > 0; --rows, in += depth, out += stride)
    multiply_block<1, panel_columns>(in, depth, panel, clamp, out, stride, columns);
}

GANLET_FOR_PROCESSORS void softmax(const float* in, std::int64_t count, float* out) {
  float largest = in[0];
  for (std::int64_t i = 1; i < count; ++i)
    largest = in[i] > largest ? in[i] : largest;
  Four sums{};
  std::int64_t i = 0;
  for (; i + 4 <= count; i += 4)
    sums += put_exponentials(in + i, 4, largest, out + i);
  float sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
  if (const std::int64_t left = count - i; left > 0) {
    const Four last = put_exponentials(in + i, left, largest, out + i);
    sum += left == 1 ? last[0] : last[0] + last[1];
    if (left == 3)
      sum += last[2];
  }
  const float scale = 1 / sum;
  for (i = 0; i < count; ++i)
    out[i] *= scale;
}

GANLET_FOR_PROCESSORS Quantization quantize(std::span<const float> numbers, std::span<std::int8_t> integers) {
  const auto [low, high] = extent_of(numbers);
  const float range = high - low;
  const bool is_usual = range > 1e-30F && range < 1e30F; // so that its inverse is finite as well
  const float factor = is_usual ? (highest - lowest) / range : 0;
  const float zero = (is_usual ? lowest - low * factor : lowest) + rounding;
  const auto zero_point = std::bit_cast<std::int32_t>(zero) - std::bit_cast<std::int32_t>(rounding);

  // Clamped before rounding, which turns a NaN into a bound. The low byte of the sum is the integer.
  const float least = lowest - static_cast<float>(zero_point), most = highest - static_cast<float>(zero_point);
  std::size_t i = 0;
  for (; i + 16 <= numbers.size(); i += 16) {
    ManyFloats scaled;
    __builtin_memcpy(&scaled, &numbers[i], sizeof scaled);
    scaled *= factor;
    ManyFloats inside = scaled > least ? scaled : ManyFloats{} + least;
    inside = inside < most ? inside : ManyFloats{} + most;
    const auto bytes = __builtin_convertvector(reinterpret_cast<ManyIntegers>(inside + zero), ManyBytes);
    __builtin_memcpy(&integers[i], &bytes, sizeof bytes);
  }
  GANLET_FEW_TURNS
  for (; i < numbers.size(); ++i) {
    const float scaled = numbers[i] * factor;
    const float inside = scaled > least ? (scaled < most ? scaled : most) : least;
    integers[i] = static_cast<std::int8_t>(std::bit_cast<std::int32_t>(inside + zero));
  }
  return {zero_point, is_usual ? range / (highest - lowest) : 1};
}

} // namespace ganlet::xnn
