// The shipped model that makes digits of their outlines: drawn in any size and either way about, they come out filled.

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "generator/model_folder.h"
#include "generator/translation.h"

namespace ganlet::test {
namespace {

constexpr double half_pen = 0.5, outer = 9, inner = 5.5; // in 28ths of the side, as radii of a zero

/// How far a pixel of a picture of `side` pixels is from the middle, in 28ths.
double distance(int x, int y, int side) {
  return 28 * std::hypot((x + 0.5) / side - 0.5, (y + 0.5) / side - 0.5);
}

/// A zero's outline, two circles drawn with a pen of a 28th of the side.
Image ring(int side, bool dark_on_light) {
  Image picture{side, side, {}};
  const double blur = 28.0 / side; // a pixel
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      const double from_pen = std::min(std::abs(distance(x, y, side) - outer + half_pen),
                                       std::abs(distance(x, y, side) - inner - half_pen));
      const double ink = std::clamp((half_pen - from_pen) / blur + 0.5, 0.0, 1.0);
      const auto value = static_cast<std::uint8_t>(std::lround(255 * (dark_on_light ? 1 - ink : ink)));
      picture.pixels.insert(picture.pixels.end(), {value, value, value, 255});
    }
  return picture;
}

Image translated(const char* part, const Image& input) {
  LoadOptions load;
  load.part = part;
  Result<Model> model = load_model(GANLET_SOURCE_DIR "/models/edges2digits", load);
  EXPECT_TRUE(model) << model.error().text();
  Result<Translation> translation = model->translate(input);
  EXPECT_TRUE(translation) << translation.error().text();
  while (!translation->is_done())
    EXPECT_TRUE(translation->step());
  return std::move(*translation).take_picture();
}

/// The mean brightness of pixels whose distance lies between two numbers.
double mean_between(const Image& picture, double first, double end) {
  double sum = 0, count = 0;
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x)
      if (const double at = distance(x, y, picture.width); at >= first && at < end) {
        sum += picture.pixels[4 * (static_cast<std::size_t>(y) * picture.width + x)];
        ++count;
      }
  return sum / count;
}

TEST(Edges2Digits, OutlinesOfAnySizeAndInkAreFilled) {
  for (const int side : {28, 40, 100, 280})
    for (const bool dark_on_light : {false, true}) {
      const Image made = translated("generator", ring(side, dark_on_light));
      ASSERT_EQ(made.width, side);
      ASSERT_EQ(made.height, side);
      EXPECT_GT(mean_between(made, inner + 1, outer - 1), 200) << side << " " << dark_on_light;
      EXPECT_LT(mean_between(made, 0, inner - 1), 40) << side << " " << dark_on_light;
      EXPECT_LT(mean_between(made, outer + 1, 20), 10) << side << " " << dark_on_light;
    }
}

TEST(Edges2Digits, SmallWeightsMakeWhatFloat32Makes) {
  double squares = 0, count = 0;
  for (const bool dark_on_light : {false, true}) {
    const Image small = translated("generator", ring(28, dark_on_light)),
                exact = translated("generator_f32", ring(28, dark_on_light));
    for (std::size_t i = 0; i < exact.pixels.size(); i += 4, ++count)
      squares += std::pow(small.pixels[i] - exact.pixels[i], 2);
  }
  EXPECT_GE(10 * std::log10(255 * 255 * count / std::max(squares, 1.0)), 40);
}

} // namespace
} // namespace ganlet::test
