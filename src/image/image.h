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

/// How network values map to brightness: `low` is 0, `high` is 255.
struct ValueRange {
  float low = -1;
  float high = 1;
};

/// 255 (value - low) / (high - low), rounded half up and clamped; NaN gives 0.
std::uint8_t to_byte(float value, ValueRange range);

/// Network output (H,W,C) with C = 1 (grey), 3 (RGB) or 4 (RGBA), as pixels.
Image image_of(std::span<const float> values, int width, int height, int channels, ValueRange range);

/// The number of columns of the smallest square grid that holds `count` images: the square root, rounded up.
std::int64_t square_columns(std::int64_t count);

/// Images of one size in rows of `columns`; the unused rest of the last row is transparent black.
Image grid(std::span<const Image> images, int columns);

/// The image with each pixel `factor` times as wide and high.
Image enlarged(const Image& image, int factor);

/// The picture scaled so that its longer side has `side` pixels, at least 1; the other side is in proportion, rounded
/// half up. Each pixel is the mean of the area that it covers, weighted by opacity; whole multiples give the same as
/// `enlarged`. Computed in integers, so that it is the same everywhere.
Image resized(const Image& image, int side);

/// Each channel's mean over squares of `factor` pixels. Incomplete squares at the right and bottom are cut off, unless
/// there is no complete one.
Image shrunk(const Image& image, int factor);

} // namespace ganlet
