#pragma once

#include <array>
#include <cstdint>

#include "studio/message.h"

namespace ganlet::studio {

/// Paper to draw on. Positions are in [0, 1] from the top left corner.
class Pad {
 public:
  /// The width of a stroke, as a share of the paper's: digits of MNIST have such strokes for their size.
  static constexpr float stroke_width = 0.075F;
  static constexpr int side = 160; ///< pixels

  Pad() { clear(); }
  const Image& image() const { return image_; }
  bool is_empty() const { return is_empty_; }
  void clear();
  /// Draws a line with round ends, as wide as a pen for handwriting; a dot if both ends are equal.
  void stroke(float from_x, float from_y, float to_x, float to_y, std::array<std::uint8_t, 3> color);

 private:
  Image image_;
  bool is_empty_ = true;
};

/// The state that continues from an encoded picture. A text stays, in the new hand. Other models with classes show all
/// of them; models without classes show the single picture.
State with_encoded(State state, const Encoded& encoded, const ModelFacts& model);

/// All classes of the present place, roughly in a square.
State with_all_classes(State state, const ModelFacts& model);

} // namespace ganlet::studio
