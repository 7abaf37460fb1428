#include "image/class_map.h"

#include <limits>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace ganlet {
namespace {

TEST(ClassMap, ShowsTheLargestAndOfEqualOnesTheFirst) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> values{0, 1, 0.5F, 2, 2, 1, -3, -2, -1, nan, nan, nan};
  const Image image = class_map(values, 2, 2, 3);
  const std::vector<std::uint8_t> black{0, 0, 0, 255}, orange{230, 159, 0, 255}, blue{86, 180, 233, 255};
  std::vector<std::uint8_t> expected;
  for (const auto& color : {orange, black, blue, black})
    expected.insert(expected.end(), color.begin(), color.end());
  EXPECT_EQ(image.pixels, expected);
}

TEST(ClassMap, ColoursDiffer) {
  std::set<std::vector<std::uint8_t>> colors;
  for (std::size_t chosen = 0; chosen < 64; ++chosen) {
    std::vector<float> values(64);
    values[chosen] = 1;
    colors.insert(class_map(values, 1, 1, 64).pixels);
  }
  EXPECT_EQ(colors.size(), 64U);
}

} // namespace
} // namespace ganlet
