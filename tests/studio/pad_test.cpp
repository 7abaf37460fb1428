#include "studio/encoding.h"

#include <gtest/gtest.h>

namespace ganlet::studio {
namespace {

int red_at(const Pad& pad, float x, float y) {
  const int column = static_cast<int>(x * Pad::side), row = static_cast<int>(y * Pad::side);
  return pad.image().pixels[static_cast<std::size_t>(4 * (row * Pad::side + column))];
}

TEST(Pad, DrawsLinesWithRoundEnds) {
  Pad pad;
  EXPECT_TRUE(pad.is_empty());
  pad.stroke(0.25F, 0.5F, 0.75F, 0.5F, {10, 20, 30});
  EXPECT_FALSE(pad.is_empty());
  EXPECT_EQ(red_at(pad, 0.5F, 0.5F), 10);
  EXPECT_EQ(red_at(pad, 0.5F, 0.53F), 10);
  EXPECT_EQ(red_at(pad, 0.5F, 0.55F), 255);
  EXPECT_LT(red_at(pad, 0.215F, 0.5F), 60);   // beyond the end, but not by more than the pen's half
  EXPECT_EQ(red_at(pad, 0.215F, 0.53F), 255); // a square end would reach there
  pad.clear();
  EXPECT_TRUE(pad.is_empty());
  EXPECT_EQ(red_at(pad, 0.5F, 0.5F), 255);
}

TEST(Pad, CutsOffWhatLiesBesideThePaper) {
  Pad pad;
  pad.stroke(-5, -5, 7, 6.5F, {0, 0, 0});
  pad.stroke(3, 0.5F, 3, 0.5F, {0, 0, 0});
  pad.stroke(-1e30F, -1e30F, 1e30F, 1e30F, {0, 0, 0});
  EXPECT_EQ(pad.image().pixels.size(), std::size_t{4} * Pad::side * Pad::side);
}

} // namespace
} // namespace ganlet::studio
