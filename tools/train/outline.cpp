#include "outline.h"

#include <algorithm>

#include "image/area_average.h"

namespace ganlet::train {

namespace {

constexpr std::int64_t fineness = 4; ///< points of the fine grid along a pixel's side

/// (height, width) numbers.
struct Grid {
  std::int64_t width = 0, height = 0;
  std::vector<float> values = std::vector<float>(static_cast<std::size_t>(width * height));

  float& at(std::int64_t x, std::int64_t y) { return values[static_cast<std::size_t>(y * width + x)]; }
  float at(std::int64_t x, std::int64_t y) const { return values[static_cast<std::size_t>(y * width + x)]; }
};

Grid brightness_of(std::span<const std::uint8_t> pixels, std::int64_t width, std::int64_t height,
                   std::int64_t channels) {
  Grid brightness{width, height};
  for (std::size_t i = 0; i < brightness.values.size(); ++i)
    brightness.values[i] =
        channels == 1 ? pixels[i] : static_cast<float>(luma(pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]));
  return brightness;
}

/// The pixels on both sides of each point of the fine grid, along one axis, and how near it is to the second.
struct Between {
  std::int64_t first, second;
  float share;
};

std::vector<Between> between(std::int64_t pixels) {
  std::vector<Between> all;
  for (std::int64_t i = 0; i < pixels * fineness; ++i) {
    const float at = std::clamp((static_cast<float>(i) + 0.5F) / fineness - 0.5F, 0.0F, static_cast<float>(pixels - 1));
    const auto first = static_cast<std::int64_t>(at);
    all.push_back({first, std::min(first + 1, pixels - 1), at - static_cast<float>(first)});
  }
  return all;
}

float mixed(float a, float b, float share) {
  return a + share * (b - a);
}

/// 0 for points that aren't brighter than half, and far for all others.
Grid thresholded(const Grid& brightness, float far) {
  constexpr float half = 127.5F;
  const std::vector<Between> across = between(brightness.width), down = between(brightness.height);
  Grid fine{brightness.width * fineness, brightness.height * fineness};
  for (std::int64_t y = 0; y < fine.height; ++y)
    for (std::int64_t x = 0; x < fine.width; ++x) {
      const Between &h = across[static_cast<std::size_t>(x)], &v = down[static_cast<std::size_t>(y)];
      const float top = mixed(brightness.at(h.first, v.first), brightness.at(h.second, v.first), h.share);
      const float bottom = mixed(brightness.at(h.first, v.second), brightness.at(h.second, v.second), h.share);
      fine.at(x, y) = mixed(top, bottom, v.share) > half ? far : 0;
    }
  return fine;
}

/// Lessens each point's number to one more, by the length of the step, than those of the four neighbours that come
/// before it where rows are gone through forwards (`step` 1) or backwards (-1).
void pass(Grid& distance, std::int64_t step) {
  constexpr float straight = 1, diagonal = 4.0F / 3; // Borgefors: Distance Transformations in Digital Images, 1986
  const std::int64_t first_x = step > 0 ? 0 : distance.width - 1, first_y = step > 0 ? 0 : distance.height - 1;
  for (std::int64_t row = 0, y = first_y; row < distance.height; ++row, y += step)
    for (std::int64_t column = 0, x = first_x; column < distance.width; ++column, x += step) {
      float least = distance.at(x, y);
      if (column > 0)
        least = std::min(least, distance.at(x - step, y) + straight);
      if (row > 0) {
        least = std::min(least, distance.at(x, y - step) + straight);
        if (column > 0)
          least = std::min(least, distance.at(x - step, y - step) + diagonal);
        if (column + 1 < distance.width)
          least = std::min(least, distance.at(x + step, y - step) + diagonal);
      }
      distance.at(x, y) = least;
    }
}

} // namespace

std::vector<std::uint8_t> outline(std::span<const std::uint8_t> pixels, std::int64_t width, std::int64_t height,
                                  std::int64_t channels) {
  Grid distance = thresholded(brightness_of(pixels, width, height, channels), 2 * fineness);
  pass(distance, 1);
  pass(distance, -1);
  constexpr std::int64_t points = fineness * fineness;
  std::vector<std::uint8_t> lines;
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x) {
      std::int64_t count = 0;
      for (std::int64_t i = 0; i < points; ++i) {
        const float depth = distance.at(x * fineness + i % fineness, y * fineness + i / fineness);
        count += depth > 0 && depth <= fineness ? 1 : 0;
      }
      lines.push_back(static_cast<std::uint8_t>((255 * count + points / 2) / points));
    }
  return lines;
}

} // namespace ganlet::train
