#include "generator/latent.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <vector>

#include <gtest/gtest.h>

#include "core/rng.h"

namespace ganlet {
namespace {

std::vector<float> latent(std::uint64_t seed, std::size_t size, Distribution distribution = Distribution::normal) {
  std::vector<float> values(size);
  fill_latent(seed, distribution, values);
  return values;
}

TEST(Latent, IsTheSeedsNormalNumbers) {
  const std::vector<float> values = latent(7, 64);
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(values[i], Rng(7).normal(i));
}

/// The file's numbers are what Node and the browsers are tested with too.
TEST(Latent, IsTheSameBitForBitOnEveryPlatform) {
  std::ifstream file(GANLET_SOURCE_DIR "/tests/golden/latent_2026.txt");
  std::vector<float> golden;
  for (std::uint32_t bits = 0; file >> std::hex >> bits;)
    golden.push_back(std::bit_cast<float>(bits));
  ASSERT_EQ(golden.size(), 64);
  EXPECT_EQ(latent(2026, 64), golden);
}

TEST(Latent, UniformIsTwiceTheUnitIntervalLessOne) {
  const std::vector<float> values = latent(7, 1000, Distribution::uniform);
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(values[i], static_cast<float>(2.0 * ((Rng(7).bits(i) + 0.5) / 4294967296.0) - 1.0));
  EXPECT_LT(*std::ranges::min_element(values), -0.98F);
  EXPECT_GT(*std::ranges::max_element(values), 0.98F);
}

TEST(Latent, JitterKeepsTheDistribution) {
  for (const Distribution distribution : {Distribution::normal, Distribution::uniform}) {
    const bool is_normal = distribution == Distribution::normal;
    const std::vector<float> still = latent(5, 100'000, distribution);
    std::vector<float> moved = still;
    jitter(0.5F, 5, 2, distribution, moved);
    double sum = 0, squares = 0, products = 0;
    for (std::size_t i = 0; i < moved.size(); ++i) {
      EXPECT_TRUE(is_normal || std::abs(moved[i]) <= 1);
      sum += static_cast<double>(moved[i]);
      squares += static_cast<double>(moved[i]) * static_cast<double>(moved[i]);
      products += static_cast<double>(moved[i]) * static_cast<double>(still[i]);
    }
    const double variance = squares / 1e5;
    EXPECT_NEAR(sum / 1e5, 0, 0.01);
    EXPECT_NEAR(variance, is_normal ? 1 : 1.0 / 3, 0.02);
    // Of uniform numbers through the normal's quantiles: 6 / pi asin(r / 2).
    EXPECT_NEAR(products / squares, is_normal ? std::sqrt(0.75) : 0.855, 0.01);
    moved = still;
    jitter(0, 5, 2, distribution, moved);
    EXPECT_EQ(moved, still);
  }
}

TEST(Latent, NumbersDontDependOnTheLength) {
  const std::vector<float> longer = latent(3, 100);
  EXPECT_TRUE(std::ranges::equal(latent(3, 10), std::span(longer).first(10)));
}

TEST(Latent, SeedsDiffer) {
  EXPECT_NE(latent(0, 4), latent(1, 4));
  EXPECT_NE(latent(1, 4), latent(std::uint64_t{1} << 32 | 1, 4)) << "the upper half of a seed counts";
}

TEST(Latent, LooksStandardNormal) {
  double sum = 0;
  double squares = 0;
  constexpr int count = 100'000;
  for (const float value : latent(11, count)) {
    sum += value;
    squares += double{value} * value;
  }
  EXPECT_NEAR(sum / count, 0, 4 / std::sqrt(double{count}));
  EXPECT_NEAR(squares / count, 1, 4 * std::sqrt(2.0 / count));
}

TEST(Truncate, PullsTowardsZeroOrTheMean) {
  std::vector<float> values{2, -4};
  truncate(0.5F, {}, values);
  EXPECT_EQ(values, (std::vector<float>{1, -2}));
  const std::vector<float> mean{3, 0};
  truncate(0.25F, mean, values);
  EXPECT_EQ(values, (std::vector<float>{2.5F, -0.5F}));
  truncate(0, mean, values);
  EXPECT_EQ(values, mean);
}

TEST(Truncate, ByOneChangesNoBit) {
  std::vector<float> values = latent(5, 100);
  const std::vector<float> mean(100, 0.1F);
  truncate(1, mean, values);
  EXPECT_EQ(values, latent(5, 100));
}

} // namespace
} // namespace ganlet
