#pragma once

#include <array>
#include <cstdint>

#include "image/image.h"

namespace ganlet::studio {

/// Paper to draw on. Places are in [0, 1] from the top left corner.
class Pad {
 public:
  static constexpr int side = 160; ///< pixels

  Pad() { clear(); }
  const Image& image() const { return image_; }
  bool is_empty() const { return is_empty_; }
  void clear();
  /// A line with round ends, as wide as a pen for handwriting; a point where both ends are one.
  void stroke(float from_x, float from_y, float to_x, float to_y, std::array<std::uint8_t, 3> color);

 private:
  Image image_;
  bool is_empty_ = true;
};

} // namespace ganlet::studio
