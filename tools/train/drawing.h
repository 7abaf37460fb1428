#pragma once

#include <array>
#include <string>
#include <vector>

#include "image/image.h"

namespace ganlet::train {

struct Point {
  double x = 0; ///< to the right
  double y = 0; ///< downwards
};

struct Stroke {
  std::vector<Point> points; ///< joined by straight lines
  std::array<int, 3> color{};
  double opacity = 1;
  double width = 1;
};

enum class Anchor { start, middle, end };

struct Writing {
  Point at; ///< of the base line, at its start, middle or end
  std::string text;
  Anchor anchor = Anchor::start;
};

/// Lines and letters on white, in units of a screen's pixel.
struct Drawing {
  int width = 0;
  int height = 0;
  std::vector<Stroke> strokes;
  std::vector<Writing> writings;
};

std::string svg_of(const Drawing& drawing);
/// `scale` pixels a unit.
Image image_of(const Drawing& drawing, int scale = 2);

} // namespace ganlet::train
