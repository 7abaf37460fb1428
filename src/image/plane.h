#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ganlet {

/// One channel of a picture as numbers, row by row.
struct Plane {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::vector<float> values;

  Plane(std::int64_t w, std::int64_t h) : width(w), height(h), values(static_cast<std::size_t>(w * h)) {}
  float& at(std::int64_t x, std::int64_t y) { return values[static_cast<std::size_t>(y * width + x)]; }
  float at(std::int64_t x, std::int64_t y) const { return values[static_cast<std::size_t>(y * width + x)]; }
};

/// The plane scaled to another size, at least 1 x 1: each axis by cubic convolution (Keys 1981, a = -1/2; numbers at
/// the edge continue) if it grows, and by means of areas if it shrinks.
Plane resampled(const Plane& plane, std::int64_t width, std::int64_t height);

} // namespace ganlet
