#include "image/color_quantizer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

namespace ganlet {

namespace {

/// Rough weights for how well the eye distinguishes red, green and blue.
constexpr std::array<double, 3> weights{3, 4, 2};

/// Sums over pixels of nearly the same colour, or over those of a box.
struct Sums {
  double count = 0;
  std::array<double, 3> color{};   ///< sums of the channels
  std::array<double, 3> squares{}; ///< sums of their squares

  void add(const Sums& other) {
    count += other.count;
    for (std::size_t c = 0; c < 3; ++c) {
      color[c] += other.color[c];
      squares[c] += other.squares[c];
    }
  }
  double mean(std::size_t c) const { return color[c] / count; }
  /// The weighted sum of squared distances from the mean, along one axis.
  double error(std::size_t c) const { return count > 0 ? weights[c] * (squares[c] - color[c] * color[c] / count) : 0; }
  double error() const { return error(0) + error(1) + error(2); }
};

/// The visible pixels, grouped into cells of four levels per channel.
std::vector<Sums> histogram_of(const Image& image) {
  std::vector<Sums> cells;
  std::unordered_map<std::uint32_t, std::size_t> places;
  for (std::size_t at = 0; at < image.pixels.size(); at += 4) {
    const std::uint8_t* const pixel = &image.pixels[at];
    if (pixel[3] < half_opaque)
      continue;
    const std::uint32_t cell = pixel[0] >> 2U << 12U | pixel[1] >> 2U << 6U | pixel[2] >> 2U;
    const auto [place, is_new] = places.try_emplace(cell, cells.size());
    if (is_new)
      cells.emplace_back();
    Sums one{1, {}, {}};
    for (std::size_t c = 0; c < 3; ++c) {
      one.color[c] = pixel[c];
      one.squares[c] = one.color[c] * one.color[c];
    }
    cells[place->second].add(one);
  }
  return cells;
}

struct Box {
  std::span<Sums> cells;
  Sums sums;
  bool operator<(const Box& other) const { return sums.error() < other.sums.error(); }
};

Box box_of(std::span<Sums> cells) {
  Box box{cells, {}};
  for (const Sums& cell : cells)
    box.sums.add(cell);
  return box;
}

/// Cuts a box of two or more cells across its longest axis, where the sum of the halves' errors is least.
std::pair<Box, Box> cut(const Box& box) {
  std::size_t axis = 0;
  for (const std::size_t c : {1U, 2U})
    if (box.sums.error(c) > box.sums.error(axis))
      axis = c;
  std::ranges::sort(box.cells, {}, [axis](const Sums& cell) { return cell.mean(axis); });
  Sums low, high = box.sums;
  double least = std::numeric_limits<double>::max();
  std::size_t place = 1;
  for (std::size_t i = 0; i + 1 < box.cells.size(); ++i) {
    const Sums& cell = box.cells[i];
    low.add(cell);
    high.count -= cell.count;
    for (std::size_t c = 0; c < 3; ++c) {
      high.color[c] -= cell.color[c];
      high.squares[c] -= cell.squares[c];
    }
    if (const double error = low.error() + high.error(); error < least) {
      least = error;
      place = i + 1;
    }
  }
  return {box_of(box.cells.first(place)), box_of(box.cells.subspan(place))};
}

} // namespace

std::vector<Color> quantized_palette(const Image& image, std::size_t most) {
  std::vector<Sums> cells = histogram_of(image);
  std::vector<Color> palette;
  std::priority_queue<Box> boxes;
  std::vector<Sums> done;
  if (!cells.empty())
    boxes.push(box_of(cells));
  while (!boxes.empty()) {
    const Box worst = boxes.top();
    boxes.pop();
    if (worst.cells.size() == 1 || done.size() + boxes.size() + 1 >= most) {
      done.push_back(worst.sums);
      continue;
    }
    const auto [low, high] = cut(worst);
    boxes.push(low);
    boxes.push(high);
  }
  for (const Sums& box : done) {
    Color& color = palette.emplace_back();
    for (std::size_t c = 0; c < 3; ++c)
      color[c] = static_cast<std::uint8_t>(std::lround(box.mean(c)));
  }
  return palette;
}

std::uint8_t NearestColor::operator()(const Color& color) {
  const std::uint32_t key =
      static_cast<std::uint32_t>(color[0]) << 16U | static_cast<std::uint32_t>(color[1]) << 8U | color[2];
  const auto [known, is_new] = known_.try_emplace(key);
  if (is_new) {
    double best = std::numeric_limits<double>::max();
    for (std::size_t i = 0; i < palette_.size(); ++i) {
      double distance = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const int by = color[c] - palette_[i][c];
        distance += weights[c] * by * by;
      }
      if (distance < best) {
        best = distance;
        known->second = static_cast<std::uint8_t>(i);
      }
    }
  }
  return known->second;
}

std::vector<std::uint8_t> dithered(const Image& image, std::span<const Color> palette, std::uint8_t hole) {
  // A larger error means that the palette lacks the colour. Passed on, it would speckle the flat areas around.
  constexpr float most_error = 6;
  using Errors = std::vector<std::array<float, 3>>; // with an extra pixel at each end
  const auto width = static_cast<std::size_t>(image.width);
  NearestColor nearest(palette);
  std::vector<std::uint8_t> numbers(width * static_cast<std::size_t>(image.height), hole);
  Errors here(width + 2), below(width + 2);
  for (int y = 0; y < image.height; ++y) {
    const bool forward = y % 2 == 0;
    below.assign(width + 2, {});
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t x = forward ? i : width - 1 - i;
      const std::uint8_t* const pixel = &image.row(y)[4 * x];
      if (pixel[3] < half_opaque)
        continue;
      std::array<float, 3> wanted;
      Color color;
      for (std::size_t c = 0; c < 3; ++c) {
        wanted[c] = std::clamp(static_cast<float>(pixel[c]) + here[x + 1][c], 0.0F, 255.0F);
        color[c] = static_cast<std::uint8_t>(std::lround(wanted[c]));
      }
      const std::uint8_t number = nearest(color);
      numbers[static_cast<std::size_t>(y) * width + x] = number;
      const std::size_t next = forward ? x + 2 : x, last = forward ? x : x + 2;
      for (std::size_t c = 0; c < 3; ++c) {
        const float error =
            std::clamp(wanted[c] - static_cast<float>(palette[number][c]), -most_error, most_error) / 16;
        here[next][c] += 7 * error;
        below[last][c] += 3 * error;
        below[x + 1][c] += 5 * error;
        below[next][c] += error;
      }
    }
    std::swap(here, below);
  }
  return numbers;
}

} // namespace ganlet
