#include "xnn/pixel_loops.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "core/rng.h"

namespace ganlet::xnn {
namespace {

std::vector<float> numbers(std::size_t count, float scale, float shift, std::uint64_t seed) {
  std::vector<float> values(count);
  Rng(seed).fill_normal(values);
  for (float& value : values)
    value = value * scale + shift;
  return values;
}

TEST(Quantize, IsOffByAStepAtMost) {
  for (const std::size_t count : {1, 7, 8, 15, 16, 17, 48, 100, 1003})
    for (const float scale : {1e-20F, 0.01F, 1.0F, 1e20F})
      for (const float shift : {-5.0F, 0.0F, 5.0F}) {
        const std::vector<float> values = numbers(count, scale, shift * scale, count);
        std::vector<std::int8_t> integers(count);
        const Quantization used = quantize(values, integers);
        EXPECT_GE(used.zero_point, 0);
        EXPECT_LE(used.zero_point, 127);
        const auto [low, high] = std::ranges::minmax(values);
        EXPECT_NEAR(used.scale, (std::max(high, 0.0F) - std::min(low, 0.0F)) / 127, used.scale * 1e-5F);
        for (std::size_t i = 0; i < count; ++i) {
          EXPECT_GE(integers[i], 0) << "the relaxed dot product needs it so";
          // Half a step of rounding, and where 0 has been made exact half a step at one end.
          EXPECT_LE(std::fabs(static_cast<float>(integers[i] - used.zero_point) * used.scale - values[i]),
                    used.scale * 1.001F);
        }
      }
}

TEST(Quantize, ZeroIsExact) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<float> values = numbers(40, 1, static_cast<float>(seed % 7) - 3, seed);
    values[seed % 40] = 0;
    std::vector<std::int8_t> integers(40);
    EXPECT_EQ(quantize(values, integers).zero_point, integers[seed % 40]);
  }
}

TEST(Quantize, NothingButZeros) {
  std::vector<std::int8_t> integers(20, 5);
  const Quantization used = quantize(std::vector<float>(20, 0.0F), integers);
  EXPECT_TRUE(std::ranges::all_of(integers, [&](std::int8_t q) { return q == used.zero_point; }));
}

TEST(Quantize, WhatIsntFiniteStaysInRange) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (const float odd : {infinity, -infinity, std::numeric_limits<float>::quiet_NaN(), 3.4e38F})
    for (const std::size_t at : {0, 5, 18}) {
      std::vector<float> values = numbers(19, 1, 0, 3);
      values[at] = odd;
      values[(at + 1) % 19] = -odd;
      std::vector<std::int8_t> integers(19);
      quantize(values, integers);
      EXPECT_GE(std::ranges::min(integers), 0) << odd << " at " << at;
    }
}

TEST(AddPlane, AddsWithAnyNumberOfChannels) {
  for (const std::int64_t channels : {1, 2, 3, 4, 5, 16, 33}) {
    constexpr std::int64_t count = 7;
    const std::int64_t step = channels * 2, stride = channels + 3;
    std::vector<float> sum = numbers(static_cast<std::size_t>(count * step), 1, 0, 1);
    const std::vector<float> planes = numbers(static_cast<std::size_t>(count * stride), 1, 0, 2);
    std::vector<float> expected = sum;
    for (std::int64_t i = 0; i < count; ++i)
      for (std::int64_t c = 0; c < channels; ++c)
        expected[static_cast<std::size_t>(i * step + c)] += planes[static_cast<std::size_t>(i * stride + c)];
    add_plane(sum.data(), step, planes.data(), stride, count, channels);
    EXPECT_EQ(sum, expected) << channels;
  }
}

TEST(FillWithBias, RepeatsEachChannel) {
  for (const std::size_t channels : {1, 3, 4, 7}) {
    const std::vector<float> bias = numbers(channels, 1, 0, channels);
    std::vector<float> pixels(channels * 5);
    fill_with_bias(bias, pixels);
    for (std::size_t i = 0; i < pixels.size(); ++i)
      EXPECT_EQ(pixels[i], bias[i % channels]);
  }
}

// XNNPACK's kernels for some processors don't round products before they are added.
TEST(MultiplyPanel, RoundsProductsAndAddsThemUpInOrder) {
  constexpr std::int64_t rows = 7, depth = 19, columns = 21; // a block of rows, and single ones
  const std::vector<float> in = numbers(rows * depth, 1, 0, 1), panel = numbers((depth + 1) * panel_columns, 1, 0, 2);
  for (const op::Clamp clamp : {op::Clamp{}, op::Clamp{0, 1}}) {
    std::vector<float> out(rows * columns);
    multiply_panel(in.data(), rows, depth, panel.data(), clamp, out.data(), columns, columns);
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t column = 0; column < columns; ++column) {
        float sum = panel[column];
        for (std::int64_t k = 0; k < depth; ++k) {
          volatile const float product = in[row * depth + k] * panel[(k + 1) * panel_columns + column];
          sum += product;
        }
        EXPECT_EQ(out[row * columns + column], std::min(std::max(sum, clamp.low), clamp.high));
      }
  }
}

TEST(Softmax, IsExact) {
  for (const std::int64_t count : {1, 2, 3, 4, 5, 10, 33}) {
    std::vector<float> in = numbers(static_cast<std::size_t>(count), 9, 100, 7), out(in.size());
    in.back() = -1000; // nothing is left of it
    softmax(in.data(), count, out.data());
    const double largest = *std::ranges::max_element(in);
    double sum = 0;
    for (const float x : in)
      sum += std::exp(x - largest);
    for (std::size_t i = 0; i < in.size(); ++i)
      EXPECT_NEAR(out[i], std::exp(in[i] - largest) / sum, 1e-6 * std::exp(in[i] - largest) / sum);
    EXPECT_EQ(out.back(), count == 1 ? 1.0F : 0.0F);
  }
}

} // namespace
} // namespace ganlet::xnn
