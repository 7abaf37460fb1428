#include "image/class_map.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace ganlet {

namespace {

using Color = std::array<std::uint8_t, 3>;

constexpr Color first_colors[] = {{0, 0, 0},      {230, 159, 0}, {86, 180, 233}, {0, 158, 115},
                                  {240, 228, 66}, {0, 114, 178}, {213, 94, 0},   {204, 121, 167}};

/// A colour of full saturation: `turn` is its hue in turns from red, `light` its brightest channel.
Color of_hue(double turn, double light) {
  Color color{};
  for (std::size_t channel = 0; channel < color.size(); ++channel) {
    const double place = std::fmod(turn + 1 - static_cast<double>(channel) / 3, 1); // from this channel's own hue
    const double distance = std::min(place, 1 - place);
    color[channel] = static_cast<std::uint8_t>(light * std::clamp(2 - 6 * distance, 0.0, 1.0));
  }
  return color;
}

Color color_of(std::size_t class_number) {
  if (class_number < std::size(first_colors))
    return first_colors[class_number];
  constexpr double golden_turn = 0.3819660112501051;
  return of_hue(std::fmod(static_cast<double>(class_number) * golden_turn, 1), class_number % 2 == 0 ? 255 : 150);
}

} // namespace

Image class_map(std::span<const float> values, int width, int height, int classes) {
  assert(classes >= 1 && classes <= most_classes_of_a_map);
  const auto each = static_cast<std::size_t>(classes);
  assert(values.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * each);
  Image image{width, height, {}};
  image.pixels.reserve(values.size() / each * 4);
  for (; !values.empty(); values = values.subspan(each)) {
    const auto largest = std::ranges::max_element(values.first(each)) - values.begin();
    const Color color = color_of(static_cast<std::size_t>(largest));
    image.pixels.insert(image.pixels.end(), color.begin(), color.end());
    image.pixels.push_back(255);
  }
  return image;
}

} // namespace ganlet
