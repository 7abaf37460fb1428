#include "drawing.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/text.h"
#include "small_font.h"

namespace ganlet::train {

namespace {

constexpr std::array<int, 3> ink{60, 60, 60};
constexpr int letter_width = 6; ///< a glyph's and the gap's

std::string decimal(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", number);
  return text;
}

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char letter : text)
    safe += letter == '<' ? "&lt;" : letter == '&' ? "&amp;" : std::string(1, letter);
  return safe;
}

double distance_to(const Point& p, const Point& a, const Point& b) {
  const double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  const double t = length > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0.0, 1.0) : 0;
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/// How much of each pixel something covers, 0 to 1.
class Coverage {
 public:
  explicit Coverage(const Image& image)
      : width_(image.width), height_(image.height), shares_(std::size_t(image.width) * image.height) {}

  void add_line(const Point& a, const Point& b, double line_width) {
    const double reach = line_width / 2 + 1;
    for (int y = first(a.y, b.y, reach); y <= last(a.y, b.y, reach, height_); ++y)
      for (int x = first(a.x, b.x, reach); x <= last(a.x, b.x, reach, width_); ++x)
        raise(x, y, line_width / 2 + 0.5 - distance_to({x + 0.5, y + 0.5}, a, b));
  }

  void add_box(int left, int top, int side) {
    for (int y = std::max(top, 0); y < std::min(top + side, height_); ++y)
      for (int x = std::max(left, 0); x < std::min(left + side, width_); ++x)
        raise(x, y, 1);
  }

  void blend(Image& image, const std::array<int, 3>& color, double opacity) const {
    for (std::size_t i = 0; i < shares_.size(); ++i)
      for (std::size_t c = 0; c < 3 && shares_[i] > 0; ++c) {
        std::uint8_t& value = image.pixels[4 * i + c];
        value = static_cast<std::uint8_t>(std::lround(value + opacity * shares_[i] * (color[c] - value)));
      }
  }

 private:
  static int first(double a, double b, double reach) {
    return std::max(0, static_cast<int>(std::floor(std::min(a, b) - reach)));
  }
  static int last(double a, double b, double reach, int size) {
    return std::min(size - 1, static_cast<int>(std::ceil(std::max(a, b) + reach)));
  }
  void raise(int x, int y, double share) {
    double& held = shares_[std::size_t(y) * width_ + x];
    held = std::max(held, std::clamp(share, 0.0, 1.0));
  }

  int width_, height_;
  std::vector<double> shares_;
};

void add_writing(Coverage& coverage, const Writing& writing, int scale) {
  constexpr int base_line = 7;
  const auto width = static_cast<double>(writing.text.size() * letter_width);
  const double left = writing.at.x - (writing.anchor == Anchor::start    ? 0
                                      : writing.anchor == Anchor::middle ? width / 2
                                                                         : width);
  for (std::size_t i = 0; i < writing.text.size(); ++i) {
    const Glyph glyph = glyph_of(writing.text[i]);
    for (int x = 0; x < 5; ++x)
      for (int y = 0; y < 8; ++y)
        if (glyph[static_cast<std::size_t>(x)] >> y & 1)
          coverage.add_box(static_cast<int>(std::lround((left + static_cast<double>(i * letter_width) + x) * scale)),
                           static_cast<int>(std::lround((writing.at.y - base_line + y) * scale)), scale);
  }
}

} // namespace

std::string svg_of(const Drawing& drawing) {
  std::string svg =
      concat("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", drawing.width, "\" height=\"", drawing.height,
             "\" viewBox=\"0 0 ", drawing.width, " ", drawing.height,
             "\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
  for (const Stroke& stroke : drawing.strokes) {
    std::string points;
    for (const Point& point : stroke.points)
      points += concat(points.empty() ? "" : " ", decimal(point.x), ",", decimal(point.y));
    svg += concat("<polyline points=\"", points, "\" fill=\"none\" stroke=\"rgb(", stroke.color[0], ",",
                  stroke.color[1], ",", stroke.color[2], ")\" stroke-opacity=\"", stroke.opacity, "\" stroke-width=\"",
                  stroke.width, "\" stroke-linejoin=\"round\"/>\n");
  }
  constexpr std::array anchors{"start", "middle", "end"};
  for (const Writing& writing : drawing.writings)
    svg += concat("<text x=\"", decimal(writing.at.x), "\" y=\"", decimal(writing.at.y), "\" text-anchor=\"",
                  anchors[static_cast<std::size_t>(writing.anchor)], "\" fill=\"rgb(", ink[0], ",", ink[1], ",", ink[2],
                  ")\">", escaped(writing.text), "</text>\n");
  return svg + "</svg>\n";
}

Image image_of(const Drawing& drawing, int scale) {
  Image image{drawing.width * scale, drawing.height * scale, {}};
  image.pixels.assign(std::size_t(4) * image.width * image.height, 255);
  for (const Stroke& stroke : drawing.strokes) {
    // One mask for the whole stroke, so that where its lines join nothing is blended twice.
    Coverage coverage(image);
    for (std::size_t i = 1; i < stroke.points.size(); ++i) {
      const Point a = stroke.points[i - 1], b = stroke.points[i];
      coverage.add_line({a.x * scale, a.y * scale}, {b.x * scale, b.y * scale}, stroke.width * scale);
    }
    coverage.blend(image, stroke.color, stroke.opacity);
  }
  Coverage letters(image);
  for (const Writing& writing : drawing.writings)
    add_writing(letters, writing, scale);
  letters.blend(image, ink, 1);
  return image;
}

} // namespace ganlet::train
