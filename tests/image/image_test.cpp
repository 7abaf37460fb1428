#include "image/image.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "image/channel_order.h"

namespace ganlet {
namespace {

Image one_colour(int width, int height, std::uint8_t value) {
  return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(4 * width * height), value)};
}

std::uint8_t red_at(const Image& image, int x, int y) {
  return image.row(y)[static_cast<std::size_t>(4 * x)];
}

TEST(ToByte, EndsOfTheRangeAreBlackAndWhite) {
  EXPECT_EQ(to_byte(-1, {-1, 1}), 0);
  EXPECT_EQ(to_byte(1, {-1, 1}), 255);
  EXPECT_EQ(to_byte(0, {0, 1}), 0);
  EXPECT_EQ(to_byte(1, {0, 1}), 255);
}

TEST(ToByte, RoundsHalfUp) {
  EXPECT_EQ(to_byte(0, {-1, 1}), 128); // 127.5
  EXPECT_EQ(to_byte(0.5F, {0, 255}), 1);
  EXPECT_EQ(to_byte(0.49F, {0, 255}), 0);
  EXPECT_EQ(to_byte(254.49F, {0, 255}), 254);
  EXPECT_EQ(to_byte(254.5F, {0, 255}), 255);
}

TEST(ToByte, ClampsWhatLiesOutside) {
  EXPECT_EQ(to_byte(-7, {-1, 1}), 0);
  EXPECT_EQ(to_byte(7, {-1, 1}), 255);
  EXPECT_EQ(to_byte(std::numeric_limits<float>::infinity(), {-1, 1}), 255);
  EXPECT_EQ(to_byte(-std::numeric_limits<float>::infinity(), {-1, 1}), 0);
}

TEST(ToByte, NotANumberIsBlack) {
  EXPECT_EQ(to_byte(std::numeric_limits<float>::quiet_NaN(), {-1, 1}), 0);
}

TEST(ImageOf, GreyFillsRedGreenAndBlueAndIsOpaque) {
  const std::vector<float> values{0, 1};
  EXPECT_EQ(image_of(values, 2, 1, 1, {0, 1}).pixels, (std::vector<std::uint8_t>{0, 0, 0, 255, 255, 255, 255, 255}));
}

TEST(ImageOf, ThreeChannelsAreRedGreenBlue) {
  const std::vector<float> values{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(image_of(values, 1, 2, 3, {0, 255}).pixels, (std::vector<std::uint8_t>{1, 2, 3, 255, 4, 5, 6, 255}));
}

TEST(ImageOf, AFourthChannelIsOpacity) {
  const std::vector<float> values{1, 2, 3, 4};
  EXPECT_EQ(image_of(values, 1, 1, 4, {0, 255}).pixels, (std::vector<std::uint8_t>{1, 2, 3, 4}));
}

TEST(Grid, RunsRowByRowAndLeavesTheRestTransparent) {
  const std::vector<Image> images{one_colour(2, 3, 10), one_colour(2, 3, 20), one_colour(2, 3, 30)};
  const Image whole = grid(images, 2);
  ASSERT_EQ(whole.width, 4);
  ASSERT_EQ(whole.height, 6);
  EXPECT_EQ(red_at(whole, 1, 2), 10);
  EXPECT_EQ(red_at(whole, 2, 0), 20);
  EXPECT_EQ(red_at(whole, 0, 3), 30);
  EXPECT_EQ(red_at(whole, 2, 3), 0);
  EXPECT_EQ(whole.row(5)[4 * 3 + 3], 0) << "opacity of the empty place";
}

TEST(Grid, IsNoWiderThanItsImages) {
  const std::vector<Image> images{one_colour(2, 2, 1), one_colour(2, 2, 2)};
  EXPECT_EQ(grid(images, 10).width, 4);
  EXPECT_EQ(grid(images, 10).height, 2);
}

TEST(Grid, OfNothingIsEmpty) {
  EXPECT_TRUE(grid({}, 3).pixels.empty());
}

TEST(SquareColumns, AreTheSquareRootRoundedUp) {
  const std::vector<std::pair<std::int64_t, std::int64_t>> known{{0, 1}, {1, 1},  {2, 2},  {4, 2},
                                                                 {5, 3}, {16, 4}, {17, 5}, {1000000, 1000}};
  for (const auto& [count, columns] : known)
    EXPECT_EQ(square_columns(count), columns) << count;
}

TEST(ChannelOrder, GoesFromFirstToLastAndBackForEachPicture) {
  const std::vector<int> first{1, 2, 3, 10, 20, 30, 4, 5, 6, 40, 50, 60}; // (2, 2, 1, 3)
  std::vector<int> last(first.size()), back(first.size());
  to_channels_last<int>(first, 2, 3, last);
  EXPECT_EQ(last, (std::vector<int>{1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60}));
  to_channels_first<int>(last, 2, 3, back);
  EXPECT_EQ(back, first);
}

TEST(Enlarged, RepeatsPixelsBothWays) {
  const std::vector<float> values{1, 2, 3, 4};
  const Image large = enlarged(image_of(values, 2, 2, 1, {0, 255}), 3);
  ASSERT_EQ(large.width, 6);
  ASSERT_EQ(large.height, 6);
  for (int y = 0; y < 6; ++y)
    for (int x = 0; x < 6; ++x)
      EXPECT_EQ(red_at(large, x, y), 1 + x / 3 + 2 * (y / 3)) << x << "," << y;
}

TEST(Shrunk, IsTheMeanOfSquares) {
  const std::vector<float> values{0, 4, 20, 8, 12, 40, 100, 100, 100};
  const Image small = shrunk(image_of(values, 3, 3, 1, {0, 255}), 2);
  ASSERT_EQ(small.width, 1);
  ASSERT_EQ(small.height, 1);
  EXPECT_EQ(red_at(small, 0, 0), 6);
  EXPECT_EQ(small.pixels[3], 255);
  EXPECT_EQ(shrunk(one_colour(5, 2, 7), 4).height, 1); // fewer rows than a square has
  EXPECT_EQ(shrunk(one_colour(8, 4, 7), 4).width, 2);
  EXPECT_EQ(shrunk(one_colour(3, 3, 7), 1).pixels, one_colour(3, 3, 7).pixels);
}

TEST(Resized, WholeMultiplesRepeatPixels) {
  Image image{3, 2, {}};
  for (int i = 0; i < 24; ++i)
    image.pixels.push_back(static_cast<std::uint8_t>(i % 4 == 3 ? 255 : 10 * i));
  const Image large = resized(image, 12), same = enlarged(image, 4);
  EXPECT_EQ(large.width, 12);
  EXPECT_EQ(large.height, 8);
  EXPECT_EQ(large.pixels, same.pixels);
  EXPECT_EQ(resized(image, 3).pixels, image.pixels);
}

TEST(Resized, OtherSizesAreMeansOfTheirAreas) {
  const Image two{2, 1, {0, 0, 0, 255, 255, 100, 50, 255}};
  const std::vector<std::uint8_t> three{0, 0, 0, 255, 128, 50, 25, 255, 255, 100, 50, 255};
  const Image wide = resized(two, 3);
  EXPECT_EQ(wide.height, 2); // 1.5, rounded half up
  EXPECT_EQ(wide.pixels.size(), 2 * three.size());
  EXPECT_TRUE(std::equal(three.begin(), three.end(), wide.pixels.begin()));
  EXPECT_EQ(resized(two, 1).pixels, (std::vector<std::uint8_t>{128, 50, 25, 255}));
}

TEST(Resized, TransparentPixelsHaveNoColour) {
  const Image edge{2, 1, {255, 0, 0, 255, 0, 90, 0, 0}};
  EXPECT_EQ(resized(edge, 1).pixels, (std::vector<std::uint8_t>{255, 0, 0, 128}));
}

} // namespace
} // namespace ganlet
