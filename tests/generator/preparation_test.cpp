#include "generator/preparation.h"

#include <cmath>

#include <gtest/gtest.h>

namespace ganlet {
namespace {

Image filled(int width, int height, std::uint8_t r, std::uint8_t g, std::uint8_t b, std::uint8_t a = 255) {
  Image image{width, height, {}};
  for (int i = 0; i < width * height; ++i)
    for (const std::uint8_t value : {r, g, b, a})
      image.pixels.push_back(value);
  return image;
}

void draw_box(Image& image, int left, int top, int width, int height, std::uint8_t value) {
  for (int y = top; y < top + height; ++y)
    for (int x = left; x < left + width; ++x)
      for (int c = 0; c < 3; ++c)
        image.pixels[static_cast<std::size_t>(4 * (y * image.width + x) + c)] = value;
}

std::vector<float> prepared(const Image& image, ImageSize size, Preparation preparation, ValueRange range = {0, 1}) {
  const auto values = prepare(image, size, range, preparation);
  EXPECT_TRUE(values) << values.error().text();
  return values ? *values : std::vector<float>();
}

TEST(Prepare, TakesTheMiddleSquareAndAverages) {
  Image image = filled(8, 4, 0, 0, 0);
  draw_box(image, 2, 0, 2, 2, 255); // the square begins at x = 2
  draw_box(image, 0, 0, 2, 4, 100); // cut off
  const std::vector<float> values = prepared(image, {2, 2, 1}, Preparation::square);
  ASSERT_EQ(values.size(), 4);
  EXPECT_NEAR(values[0], 1, 1e-5F);
  EXPECT_NEAR(values[1] + values[2] + values[3], 0, 1e-5F);
}

TEST(Prepare, KeepsTheMeanInAnySize) {
  Image image = filled(37, 37, 0, 0, 0);
  draw_box(image, 3, 5, 11, 20, 255);
  for (const int side : {7, 28, 37, 64}) {
    double sum = 0;
    for (const float value : prepared(image, {side, side, 1}, Preparation::square))
      sum += static_cast<double>(value);
    EXPECT_NEAR(sum / (side * side), 11.0 * 20 / (37 * 37), 1e-5) << side;
  }
}

TEST(Prepare, ColoursRangesAndTransparency) {
  const std::vector<float> rgb = prepared(filled(4, 4, 255, 0, 51), {2, 2, 3}, Preparation::square, {-1, 1});
  EXPECT_NEAR(rgb[0], 1, 1e-5F);
  EXPECT_NEAR(rgb[1], -1, 1e-5F);
  EXPECT_NEAR(rgb[2], -0.6F, 1e-5F);
  EXPECT_NEAR(prepared(filled(4, 4, 255, 0, 0), {1, 1, 1}, Preparation::square)[0], 0.299F, 1e-5F);
  EXPECT_NEAR(prepared(filled(4, 4, 0, 0, 0, 0), {1, 1, 1}, Preparation::square)[0], 1, 1e-5F) << "white shows through";
}

TEST(Prepare, DigitsAreScaledAndCentredByMass) {
  for (const bool dark_on_light : {false, true}) {
    Image image = dark_on_light ? filled(200, 300, 250, 250, 250) : filled(200, 300, 0, 0, 0);
    draw_box(image, 20, 30, 20, 80, dark_on_light ? 10 : 255);
    const std::vector<float> values = prepared(image, {28, 28, 1}, Preparation::digit);
    double mass = 0, x_sum = 0, y_sum = 0;
    int rows = 0;
    for (int y = 0; y < 28; ++y) {
      bool any = false;
      for (int x = 0; x < 28; ++x) {
        const double ink = static_cast<double>(values[static_cast<std::size_t>(28 * y + x)]);
        mass += ink, x_sum += ink * (x + 0.5), y_sum += ink * (y + 0.5);
        any = any || ink > 0.5;
      }
      rows += any;
    }
    EXPECT_EQ(rows, 20);
    EXPECT_NEAR(mass, 100, 1) << "20 x 5 pixels of full ink";
    EXPECT_NEAR(x_sum / mass, 14, 0.5);
    EXPECT_NEAR(y_sum / mass, 14, 0.5);
    EXPECT_NEAR(values[0], 0, 1e-5F);
  }
}

TEST(Prepare, WhatCantBeIsSaid) {
  EXPECT_EQ(prepare(Image{}, {2, 2, 1}, {}, Preparation::square).error().text(), "picture: is empty");
  EXPECT_EQ(prepare(filled(9, 9, 255, 255, 255), {28, 28, 1}, {}, Preparation::digit).error().text(),
            "picture: shows no ink");
  EXPECT_EQ(prepare(filled(9, 9, 0, 0, 0), {28, 28, 3}, {}, Preparation::digit).error().text(),
            "model.json: preparation \"digit\" needs an encoder of one channel");
}

} // namespace
} // namespace ganlet
