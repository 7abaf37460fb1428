#include "studio/encoding.h"

#include <string>

#include <gtest/gtest.h>

#include "image/whole_file.h"

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

TEST(Pad, HasThePensOfThePages) {
  const auto bytes = read_whole(GANLET_SOURCE_DIR "/web/pad.js", 1 << 20);
  ASSERT_TRUE(bytes);
  const std::string text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  constexpr std::string_view name = "thickness = 0";
  const std::size_t at = text.find(name);
  ASSERT_NE(at, text.npos);
  EXPECT_FLOAT_EQ(std::stof(text.substr(at + name.size() - 1)), Pad::stroke_width);
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
