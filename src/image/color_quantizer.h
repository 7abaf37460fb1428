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

/// A file without half transparency shows pixels of less opacity not at all.
constexpr int half_opaque = 128;

/// At most `most` colours that suit the visible pixels of a picture: boxes around them in RGB, the one with the largest
/// squared error cut in two until there are enough, where that leaves the least error; each box gives its mean (Wan,
/// Wong, Prusinkiewicz: An Algorithm for Multidimensional Data Clustering, 1988). Takes time in proportion to the
/// pixels.
std::vector<Color> quantized_palette(const Image& image, std::size_t most);

/// Finds the nearest colour of a palette, and remembers it.
class NearestColor {
 public:
  /// `palette` must outlive this, and have 1 to 256 colours.
  explicit NearestColor(std::span<const Color> palette) : palette_(palette) {}
  std::uint8_t operator()(const Color& color);

 private:
  std::span<const Color> palette_;
  std::unordered_map<std::uint32_t, std::uint8_t> known_; ///< by RGB
};

/// The number of a palette's colour for each pixel, and `hole` where it can't be seen. Errors are passed on to the
/// pixels that follow, so that areas keep their mean colour (Floyd, Steinberg: An Adaptive Algorithm for Spatial
/// Greyscale, 1976), in lines that turn back and forth.
std::vector<std::uint8_t> dithered(const Image& image, std::span<const Color> palette, std::uint8_t hole);

} // namespace ganlet
