#include "pairs.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "image/image_writer.h"
#include "outline.h"
#include "synthetic.h"
#include "tools/program.h"

namespace ganlet::train {
namespace {

using test::Folder;

constexpr std::int64_t side = 12;

/// White where both coordinates are from `first` to below `end`, black elsewhere.
std::vector<std::uint8_t> square(std::int64_t first, std::int64_t end, std::uint8_t white = 255) {
  std::vector<std::uint8_t> pixels;
  for (std::int64_t y = 0; y < side; ++y)
    for (std::int64_t x = 0; x < side; ++x)
      pixels.push_back(std::min(x, y) >= first && std::max(x, y) < end ? white : 0);
  return pixels;
}

int at(const std::vector<std::uint8_t>& lines, std::int64_t x, std::int64_t y) {
  return lines[static_cast<std::size_t>(y * side + x)];
}

TEST(Outline, RunsOnePixelWideAlongTheInnerSideOfTheBorder) {
  const std::vector<std::uint8_t> lines = outline(square(2, 10), side, side, 1);
  for (std::int64_t i = 3; i < 9; ++i)
    for (const auto& [x, y] : {std::pair(i, std::int64_t{2}), {i, 9}, {2, i}, {9, i}})
      EXPECT_EQ(at(lines, x, y), 255) << x << ", " << y;
  for (std::int64_t y = 3; y < 9; ++y)
    for (std::int64_t x = 3; x < 9; ++x)
      EXPECT_EQ(at(lines, x, y), 0) << x << ", " << y;
  for (std::int64_t i = 0; i < side; ++i)
    EXPECT_EQ(at(lines, i, 0) + at(lines, i, 1) + at(lines, i, 10) + at(lines, i, 11), 0) << i;
}

/// A border within pixels is one at their brightness: three quarters of the way to white it lies further out.
TEST(Outline, IsAsFineAsBrightnessTells) {
  std::vector<std::uint8_t> pixels = square(2, 10);
  for (std::int64_t y = 2; y < 10; ++y)
    pixels[static_cast<std::size_t>(y * side + 1)] = 191;
  const std::vector<std::uint8_t> lines = outline(pixels, side, side, 1);
  for (std::int64_t y = 4; y < 8; ++y) {
    EXPECT_GT(at(lines, 1, y), 120);
    EXPECT_LT(at(lines, 2, y), 255);
    EXPECT_GT(at(lines, 2, y), 0);
    EXPECT_NEAR(at(lines, 0, y) + at(lines, 1, y) + at(lines, 2, y) + at(lines, 3, y), 255, 16); // a pixel in all
  }
}

TEST(Outline, StrokesWithoutAnInsideStayWhole) {
  const std::vector<std::uint8_t> thin = square(5, 7);
  const std::vector<std::uint8_t> lines = outline(thin, side, side, 1);
  for (const auto& [x, y] : {std::pair(5, 5), {6, 5}, {5, 6}, {6, 6}})
    EXPECT_GT(at(lines, x, y), 200) << x << ", " << y; // corners are a little rounder
}

TEST(Outline, IsOfWhatIsBrighterThanHalf) {
  const std::vector<std::uint8_t> bright = square(2, 10, 140), dark = square(2, 10, 120);
  EXPECT_GT(at(outline(bright, side, side, 1), 5, 2), 100);
  EXPECT_TRUE(std::ranges::all_of(outline(dark, side, side, 1), [](int value) { return value == 0; }));
  std::vector<std::uint8_t> green, blue; // of 150 and of 29
  for (const std::uint8_t value : square(2, 10)) {
    green.insert(green.end(), {0, value, 0});
    blue.insert(blue.end(), {0, 0, value});
  }
  EXPECT_GT(at(outline(green, side, side, 3), 5, 2), 100);
  EXPECT_TRUE(std::ranges::all_of(outline(blue, side, side, 3), [](int value) { return value == 0; }));
}

TEST(Pairs, OutlinesComeBesideTheirPictures) {
  Dataset data = test::squares(10, 1);
  const std::string before = fingerprint(data);
  pair_with_outlines(data);
  EXPECT_NE(fingerprint(data), before);
  ASSERT_EQ(data.inputs.size(), data.pixels.size());
  const auto third = std::span(data.pixels).subspan(2 * 28 * 28, 28 * 28);
  const auto expected = outline(third, 28, 28, 1);
  EXPECT_TRUE(std::ranges::equal(std::span(data.inputs).subspan(2 * 28 * 28, 28 * 28), expected));
}

/// A picture of one grey.
void write_grey(const std::filesystem::path& file, std::uint8_t value) {
  std::filesystem::create_directories(file.parent_path());
  Image image{16, 16, {}};
  for (int i = 0; i < 16 * 16; ++i)
    image.pixels.insert(image.pixels.end(), {value, value, value, 255});
  ASSERT_TRUE(write_image(file, image));
}

class PairsInFolders : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.size = 16;
    options_.channels = 1;
    for (const auto& [name, value] : {std::pair("b", 20), {"a", 10}, {"more/c", 30}}) {
      write_grey(folder_ / (std::string("inputs/") + name + ".png"), static_cast<std::uint8_t>(value));
      write_grey(folder_ / (std::string("truths/") + name + ".jpg"), static_cast<std::uint8_t>(value + 100));
    }
  }

  Result<Pictures> read() { return read_pairs(folder_ / "inputs", folder_ / "truths", options_); }

  Folder folder_;
  PictureOptions options_;
};

TEST_F(PairsInFolders, GoByNamesWithoutEndings) {
  const Result<Pictures> pairs = read();
  ASSERT_TRUE(pairs) << pairs.error().text();
  const Dataset& data = pairs->train;
  ASSERT_EQ(data.count, 3);
  ASSERT_EQ(data.input_channels, 1);
  ASSERT_EQ(data.inputs.size(), data.pixels.size());
  for (std::size_t i = 0; i < data.pixels.size(); ++i)
    ASSERT_NEAR(data.pixels[i] - data.inputs[i], 100, 2) << i; // JPEG
}

TEST_F(PairsInFolders, WhereOneIsMissingItIsNamed) {
  write_grey(folder_ / "truths/d.png", 1);
  EXPECT_EQ(read().error().text(), (folder_ / "truths/d.png").string() +
                                       ": has no pair: " + (folder_ / "inputs").string() +
                                       " holds no picture of this name; add it, or take this one out");
  std::filesystem::remove(folder_ / "truths/d.png");
  std::filesystem::remove(folder_ / "truths/a.jpg");
  EXPECT_EQ(read().error().place(), (folder_ / "inputs/a.png").string());
}

TEST_F(PairsInFolders, NoneMayBeBrokenOrDoubleOrHeldBack) {
  write_grey(folder_ / "truths/a.png", 1); // beside a.jpg
  EXPECT_EQ(read().error().text(), (folder_ / "inputs").string() + ": has not as many pictures as " +
                                       (folder_ / "truths").string() +
                                       ": some there have the same name and differ in their endings alone");
  std::filesystem::remove(folder_ / "truths/a.png");
  test::write_content(folder_ / "inputs/b.png", "no picture");
  EXPECT_EQ(read().error().place(), (folder_ / "inputs/b.png").string());
  options_.validation = 0.1;
  EXPECT_EQ(read().error().place(), "--validation");
}

} // namespace
} // namespace ganlet::train
