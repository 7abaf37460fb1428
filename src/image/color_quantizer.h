#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "image/image.h"

namespace ganlet {

using Color = std::array<std::uint8_t, 3>;

/// In a file without partial transparency, pixels with less opacity aren't shown at all.
constexpr int half_opaque = 128;

/// At most `most` colours that suit the visible pixels of a picture. Starts with one box around them in RGB and
/// repeatedly cuts the box with the largest squared error in two, where the least error remains; each box gives its
/// mean colour (Wan, Wong, Prusinkiewicz: An Algorithm for Multidimensional Data Clustering, 1988). Takes time
/// proportional to the number of pixels.
std::vector<Color> quantized_palette(const Image& image, std::size_t most);

/// Finds the nearest colour of a palette, and caches it.
class NearestColor {
 public:
  /// `palette` must outlive this, and have 1 to 256 colours.
  explicit NearestColor(std::span<const Color> palette) : palette_(palette) {}
  std::uint8_t operator()(const Color& color);

 private:
  std::span<const Color> palette_;
  std::unordered_map<std::uint32_t, std::uint8_t> known_; ///< by RGB
};

/// The index of a palette colour for each pixel, or `hole` if the pixel isn't visible. Errors are distributed to the
/// pixels that follow, so that areas keep their mean colour (Floyd, Steinberg: An Adaptive Algorithm for Spatial
/// Greyscale, 1976), with alternate rows going left and right.
std::vector<std::uint8_t> dithered(const Image& image, std::span<const Color> palette, std::uint8_t hole);

} // namespace ganlet
