#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/error.h"

namespace ganlet {

/// 8-bit RGBA pixels, row by row from the top, not premultiplied.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels; ///< 4 * width * height

  std::span<const std::uint8_t> row(int y) const {
    return {pixels.data() + std::size_t(4) * width * y, std::size_t(4) * width};
  }
};

/// What network values mean as brightness: `low` is 0, `high` 255.
struct ValueRange {
  float low = -1;
  float high = 1;
};

/// 255 (value - low) / (high - low), rounded half up and clamped; NaN gives 0.
std::uint8_t to_byte(float value, ValueRange range);

/// Network output (H,W,C) with C = 1 (grey), 3 (RGB) or 4 (RGBA) as pixels.
Image image_of(std::span<const float> values, int width, int height, int channels, ValueRange range);

/// The columns of the smallest square grid that holds `count` images: the square root, rounded up.
std::int64_t square_columns(std::int64_t count);

/// Images of one size in rows of `columns`, side by side; what is left of the last row is transparent black.
Image grid(std::span<const Image> images, int columns);

/// Each pixel `factor` times as wide and high.
Image enlarged(const Image& image, int factor);

/// The picture with a longer side of `side` pixels, at least 1, and the other in proportion, rounded half up. Each
/// pixel is the mean of the area that it covers, which in whole multiples is `enlarged`; colours count as far as they
/// are opaque. Computed in whole numbers, so that it is the same everywhere.
Image resized(const Image& image, int side);

/// Each channel's mean over squares of `factor` pixels; what is left of them at the right and bottom is cut off, but
/// for the only one.
Image shrunk(const Image& image, int factor);

} // namespace ganlet
