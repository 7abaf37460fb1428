#include "image/image.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

namespace ganlet {

namespace {

std::size_t pixel_bytes(int width, int height) {
  return std::size_t{4} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
}

/// floor(a / b + 1/2)
std::int64_t rounded_ratio(std::int64_t a, std::int64_t b) {
  return (2 * a + b) / (2 * b);
}

/// Which source pixels a target pixel covers, [first, last], and how much of each, along one axis: a source pixel is as
/// many parts wide as the target has pixels.
struct Cover {
  std::int64_t first, last, target, begin, end;

  Cover(std::int64_t at, std::int64_t source, std::int64_t target_size)
      : first(at * source / target_size), last(((at + 1) * source - 1) / target_size), target(target_size),
        begin(at * source), end((at + 1) * source) {}
  std::int64_t parts(std::int64_t pixel) const {
    return std::min(end, (pixel + 1) * target) - std::max(begin, pixel * target);
  }
};

} // namespace

std::uint8_t to_byte(float value, ValueRange range) {
  const double scaled = 255.0 * (double{value} - range.low) / (double{range.high} - range.low);
  const double rounded = std::floor(scaled + 0.5);
  if (!(rounded > 0)) // NaN ends here too
    return 0;
  return rounded >= 255 ? 255 : static_cast<std::uint8_t>(rounded);
}

Image image_of(std::span<const float> values, int width, int height, int channels, ValueRange range) {
  assert(channels == 1 || channels == 3 || channels == 4);
  assert(values.size() == pixel_bytes(width, height) / 4 * static_cast<std::size_t>(channels));
  Image image{width, height, std::vector<std::uint8_t>(pixel_bytes(width, height))};
  const float* from = values.data();
  for (std::size_t at = 0; at < image.pixels.size(); at += 4, from += channels) {
    image.pixels[at] = to_byte(from[0], range);
    image.pixels[at + 1] = channels == 1 ? image.pixels[at] : to_byte(from[1], range);
    image.pixels[at + 2] = channels == 1 ? image.pixels[at] : to_byte(from[2], range);
    image.pixels[at + 3] = channels == 4 ? to_byte(from[3], range) : 255;
  }
  return image;
}

std::int64_t square_columns(std::int64_t count) {
  std::int64_t columns = 1;
  while (columns * columns < count)
    ++columns;
  return columns;
}

Image grid(std::span<const Image> images, int columns) {
  assert(columns >= 1);
  if (images.empty())
    return {};
  const int across = std::min(columns, static_cast<int>(images.size()));
  const int down = (static_cast<int>(images.size()) + across - 1) / across;
  const int width = images[0].width;
  const int height = images[0].height;
  Image whole{across * width, down * height, std::vector<std::uint8_t>(pixel_bytes(across * width, down * height))};
  for (int i = 0; i < static_cast<int>(images.size()); ++i) {
    assert(images[i].width == width && images[i].height == height);
    for (int y = 0; y < height; ++y) {
      const std::size_t to = pixel_bytes(whole.width, i / across * height + y) + pixel_bytes(i % across * width, 1);
      std::ranges::copy(images[i].row(y), whole.pixels.begin() + static_cast<std::ptrdiff_t>(to));
    }
  }
  return whole;
}

Image enlarged(const Image& image, int factor) {
  assert(factor >= 1);
  Image large{image.width * factor, image.height * factor, {}};
  large.pixels.reserve(pixel_bytes(large.width, large.height));
  for (int y = 0; y < large.height; ++y) {
    const std::span<const std::uint8_t> row = image.row(y / factor);
    for (std::size_t at = 0; at < row.size(); at += 4)
      for (int copy = 0; copy < factor; ++copy)
        large.pixels.insert(large.pixels.end(), row.begin() + at, row.begin() + at + 4);
  }
  return large;
}

Image resized(const Image& image, int side) {
  assert(side >= 1 && !image.pixels.empty());
  const std::int64_t longer = std::max(image.width, image.height);
  const auto scaled = [&](int length) {
    return static_cast<int>(std::max<std::int64_t>(1, rounded_ratio(std::int64_t{length} * side, longer)));
  };
  Image result{scaled(image.width), scaled(image.height), {}};
  result.pixels.reserve(pixel_bytes(result.width, result.height));
  for (int y = 0; y < result.height; ++y)
    for (int x = 0; x < result.width; ++x) {
      const Cover down(y, image.height, result.height), across(x, image.width, result.width);
      std::int64_t sums[3] = {0, 0, 0}, opacity = 0;
      for (std::int64_t row = down.first; row <= down.last; ++row)
        for (std::int64_t column = across.first; column <= across.last; ++column) {
          const std::uint8_t* const rgba = &image.row(static_cast<int>(row))[static_cast<std::size_t>(4 * column)];
          const std::int64_t weight = down.parts(row) * across.parts(column) * rgba[3];
          opacity += weight;
          for (int c = 0; c < 3; ++c)
            sums[c] += weight * rgba[c];
        }
      for (const std::int64_t sum : sums)
        result.pixels.push_back(static_cast<std::uint8_t>(opacity > 0 ? rounded_ratio(sum, opacity) : 0));
      const std::int64_t area = std::int64_t{image.width} * image.height;
      result.pixels.push_back(static_cast<std::uint8_t>(rounded_ratio(opacity, area)));
    }
  return result;
}

Image shrunk(const Image& image, int factor) {
  assert(factor >= 1);
  if (image.pixels.empty())
    return {};
  const int across = std::min(factor, image.width), down = std::min(factor, image.height);
  Image small{image.width / across, image.height / down, {}};
  small.pixels.reserve(pixel_bytes(small.width, small.height));
  for (int y = 0; y < small.height; ++y)
    for (std::size_t at = 0; at < pixel_bytes(small.width, 1); ++at) {
      const std::size_t first = at / 4 * 4 * static_cast<std::size_t>(across) + at % 4; // of the square's top row
      int sum = 0;
      for (int row = 0; row < down; ++row)
        for (int column = 0; column < across; ++column)
          sum += image.row(y * down + row)[first + 4 * static_cast<std::size_t>(column)];
      small.pixels.push_back(static_cast<std::uint8_t>((sum + across * down / 2) / (across * down)));
    }
  return small;
}

} // namespace ganlet
