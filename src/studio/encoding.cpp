#include "studio/encoding.h"

#include <algorithm>
#include <cmath>

#include "studio/request.h"

namespace ganlet::studio {

namespace {

constexpr float pen = Pad::stroke_width / 2 * Pad::side; ///< radius in pixels

/// The distance from a point to a line segment.
float distance_to_line(float x, float y, float x0, float y0, float x1, float y1) {
  const float along_x = x1 - x0, along_y = y1 - y0, squared = along_x * along_x + along_y * along_y;
  const float part = squared > 0 ? std::clamp(((x - x0) * along_x + (y - y0) * along_y) / squared, 0.0F, 1.0F) : 0;
  return std::hypot(x - x0 - part * along_x, y - y0 - part * along_y);
}

} // namespace

void Pad::clear() {
  image_ = {side, side, std::vector<std::uint8_t>(std::size_t{4} * side * side, 255)};
  is_empty_ = true;
}

void Pad::stroke(float from_x, float from_y, float to_x, float to_y, std::array<std::uint8_t, 3> color) {
  is_empty_ = false;
  const auto place = [](float part) { return std::clamp(part, -1.0F, 2.0F) * side; }; // far away is as good as nearby
  const float x0 = place(from_x), y0 = place(from_y), x1 = place(to_x), y1 = place(to_y);
  const auto low = [](float a, float b) { return std::max(0, static_cast<int>(std::floor(std::min(a, b) - pen - 1))); };
  const auto high = [](float a, float b) {
    return std::min(side - 1, static_cast<int>(std::ceil(std::max(a, b) + pen + 1)));
  };
  for (int y = low(y0, y1); y <= high(y0, y1); ++y)
    for (int x = low(x0, x1); x <= high(x0, x1); ++x) {
      const float distance =
          distance_to_line(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F, x0, y0, x1, y1);
      const float covered = std::clamp(pen + 0.5F - distance, 0.0F, 1.0F); // a part of the pixel, for smooth edges
      std::uint8_t* pixel = &image_.pixels[std::size_t{4} * static_cast<std::size_t>(y * side + x)];
      for (std::size_t c = 0; c < 3; ++c)
        pixel[c] = static_cast<std::uint8_t>(
            std::lround(covered * static_cast<float>(color[c]) + (1 - covered) * static_cast<float>(pixel[c])));
    }
}

State with_encoded(State state, const Encoded& encoded, const ModelFacts& model) {
  state.place = {.seed = state.place.seed, .latent = to_steps(encoded.latent)};
  state.trained.reset();
  if (writes_text(state, model)) {
    state.rows = 1; // all hands would be this one
    return state;
  }
  if (!model.labels.empty())
    return with_all_classes(std::move(state), model);
  state.columns = state.rows = 1;
  return state;
}

State with_all_classes(State state, const ModelFacts& model) {
  state.text.clear();
  state.label.reset();
  const int classes = std::clamp(static_cast<int>(model.labels.size()), 1, most_columns * most_columns);
  const int square = static_cast<int>(std::sqrt(classes));
  state.rows = square;
  while (classes % state.rows != 0)
    --state.rows;
  if (classes > 4 * state.rows * state.rows && classes > 7) // a single row would be a long strip
    state.rows = square;
  state.columns = (classes + state.rows - 1) / state.rows;
  return state;
}

} // namespace ganlet::studio
