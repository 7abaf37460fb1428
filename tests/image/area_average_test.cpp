#include "image/area_average.h"

#include <numeric>

#include <gtest/gtest.h>

namespace ganlet {
namespace {

using Values = std::vector<double>;

/// One row of pixels, each RGBA.
Image row_of(std::initializer_list<std::array<std::uint8_t, 4>> pixels) {
  Image image{static_cast<int>(pixels.size()), 1, {}};
  for (const auto& pixel : pixels)
    image.pixels.insert(image.pixels.end(), pixel.begin(), pixel.end());
  return image;
}

Values scaled_row(const Image& image, std::int64_t width, std::int64_t channels, const Ground& ground = white_ground) {
  return scaled(image, {0, 0, image.width, image.height}, width, 1, channels, ground);
}

TEST(AreaShares, AddUpToOneInAnySizes) {
  for (const std::int64_t source : {1, 2, 7, 100, 4096})
    for (const std::int64_t target : {1, 3, 32, 100, 5000}) {
      std::int64_t reached = 0;
      for (const AreaShares& share : area_shares(source, target)) {
        EXPECT_NEAR(std::accumulate(share.weights.begin(), share.weights.end(), 0.0), 1, 1e-6);
        EXPECT_LE(share.first, reached);
        reached = share.first + static_cast<std::int64_t>(share.weights.size());
      }
      EXPECT_EQ(reached, source) << source << " to " << target;
    }
}

TEST(Scaled, GreyIsLumaAndRgbStaysAsItIs) {
  const Image image = row_of({{100, 50, 200, 255}});
  EXPECT_EQ(scaled_row(image, 1, 3), (Values{100, 50, 200}));
  EXPECT_NEAR(scaled_row(image, 1, 1)[0], 0.299 * 100 + 0.587 * 50 + 0.114 * 200, 1e-9);
}

TEST(Scaled, PutsColoursOnTheGroundButForRgba) {
  const Image image = row_of({{200, 100, 0, 51}, {0, 0, 0, 0}});
  const Values rgb = scaled_row(image, 2, 3, {10, 20, 30});
  const Values wanted{48, 36, 24, 10, 20, 30};
  for (std::size_t i = 0; i < wanted.size(); ++i)
    EXPECT_NEAR(rgb[i], wanted[i], 1e-9) << i;
  EXPECT_EQ(scaled_row(image, 2, 4, {10, 20, 30}), (Values{200, 100, 0, 51, 10, 20, 30, 0}));
}

TEST(Scaled, RgbaMixesOnlyColoursThatAreSeen) {
  // A mean over all pixels would make the edge of a red sprite dark.
  const Values edge = scaled_row(row_of({{255, 0, 0, 255}, {0, 0, 0, 0}}), 1, 4);
  EXPECT_EQ(edge, (Values{255, 0, 0, 127.5}));
}

TEST(Scaled, TakesARegion) {
  Image image{4, 3, std::vector<std::uint8_t>(4 * 12, 255)};
  for (const int y : {1, 2})
    image.pixels[static_cast<std::size_t>(4 * (4 * y + 2))] = 0;
  EXPECT_EQ(scaled(image, {2, 1, 2, 2}, 1, 1, 3, white_ground), (Values{127.5, 255, 255}));
  const Region square = middle_square(4, 3);
  EXPECT_EQ(square.left, 0);
  EXPECT_EQ(square.width, 3);
  EXPECT_EQ(middle_square(2, 9).top, 3);
}

} // namespace
} // namespace ganlet
