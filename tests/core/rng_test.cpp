#include "core/rng.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace ganlet {
namespace {

using Words = std::array<std::uint32_t, 4>;

TEST(Rng, PhiloxKnownAnswers) { // Random123 1.14, tests/kat_vectors, philox4x32 10
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox4x32({ones, ones, ones, ones}, {ones, ones}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Rng, SeedIsTheKeyAndBlockAndStreamTheCounter) {
  const Rng rng(0x299f31d0a4093822, 7);
  const std::uint64_t block = 0x0123456789abcdef >> 2;
  const Words words = philox4x32({static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32), 7, 0},
                                 {0xa4093822, 0x299f31d0});
  for (std::uint64_t i = 0; i < 4; ++i)
    EXPECT_EQ(rng.bits(4 * block + i), words[i]);
}

TEST(Rng, UniformIsTheMiddleOfItsCell) {
  const Rng rng(5);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(rng.uniform(i), (rng.bits(i) + 0.5) / 4294967296.0);
    EXPECT_GT(rng.uniform(i), 0);
    EXPECT_LT(rng.uniform(i), 1);
  }
}

/// The check values that Algorithm AS 241 was published with, and the ends of what `uniform` gives.
TEST(Rng, InverseNormalKnownAnswers) {
  EXPECT_DOUBLE_EQ(inverse_normal(0.25), -0.6744897501960817);
  EXPECT_DOUBLE_EQ(inverse_normal(0.001), -3.090232306167814);
  EXPECT_DOUBLE_EQ(inverse_normal(1e-20), -9.262340089798408);
  EXPECT_EQ(inverse_normal(0.5), 0);
  EXPECT_DOUBLE_EQ(inverse_normal(0.5 / 4294967296.0), -inverse_normal(1 - 0.5 / 4294967296.0));
}

TEST(Rng, InverseNormalInvertsTheDistributionFunction) {
  for (double p = 1e-9; p < 1; p += 0.0009765625)
    EXPECT_NEAR(0.5 * std::erfc(-inverse_normal(p) / std::sqrt(2.0)), p, 1e-14 * std::max(p, 1e-3)) << p;
}

/// From Python's own AS 241 and a Philox of ten lines there; any other bit on any platform is a defect.
TEST(Rng, NormalKnownAnswers) {
  EXPECT_EQ(Rng(0, 0).normal(0), -0x1.05f4ap-2F);
  EXPECT_EQ(Rng(0, 0).normal(1), 0x1.2d769ep+0F);
  EXPECT_EQ(Rng(1, 0).normal(0), 0x1.3a5828p+0F);
  EXPECT_EQ(Rng(2026, 0).normal(0), -0x1.6397a6p-3F);
  EXPECT_EQ(Rng(2026, 0).normal(63), 0x1.733204p+1F);
  EXPECT_EQ(Rng(2026, 3).normal(5), 0x1.2a6222p-4F);
  EXPECT_EQ(Rng(18446744073709551615U, 0).normal(1099511627776), 0x1.d3ffeep-2F);
}

TEST(Rng, FillIsTheSequence) {
  const Rng rng(2026, 3);
  std::vector<float> filled(37);
  rng.fill_normal(filled);
  for (std::size_t i = 0; i < filled.size(); ++i)
    EXPECT_EQ(filled[i], rng.normal(i));
}

TEST(Rng, NormalHasTheMomentsOfANormal) {
  constexpr int count = 200'000;
  double sum = 0, square = 0, fourth = 0;
  for (int i = 0; i < count; ++i) {
    const double x = Rng(9).normal(static_cast<std::uint64_t>(i));
    sum += x, square += x * x, fourth += x * x * x * x;
  }
  // Four standard errors of each.
  EXPECT_NEAR(sum / count, 0, 4 * std::sqrt(1.0 / count));
  EXPECT_NEAR(square / count, 1, 4 * std::sqrt(2.0 / count));
  EXPECT_NEAR(fourth / count, 3, 4 * std::sqrt(96.0 / count));
}

TEST(Rng, SeedsAndStreamsDiffer) {
  EXPECT_NE(Rng(1).bits(0), Rng(2).bits(0));
  EXPECT_NE(Rng(1, 0).bits(0), Rng(1, 1).bits(0));
  EXPECT_NE(Rng(1).bits(0), Rng(std::uint64_t{1} << 32).bits(0));
}

TEST(Rng, BelowStaysBelowAndReachesAll) {
  std::array<int, 10> seen{};
  for (std::uint64_t i = 0; i < 1000; ++i)
    ++seen.at(Rng(4).below(10, i));
  for (const int count : seen)
    EXPECT_GT(count, 50);
  EXPECT_EQ(Rng(4).below(1, 12345), 0);
}

} // namespace
} // namespace ganlet
