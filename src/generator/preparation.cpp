#include "generator/preparation.h"

#include <algorithm>
#include <cmath>

namespace ganlet {

namespace {

/// Brightness 0 to 1 of (height, width, channels), row by row.
struct Plane {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::int64_t channels = 1;
  std::vector<float> values;

  Plane(std::int64_t w, std::int64_t h, std::int64_t c)
      : width(w), height(h), channels(c), values(static_cast<std::size_t>(w * h * c)) {}
  float& at(std::int64_t x, std::int64_t y, std::int64_t c = 0) {
    return values[static_cast<std::size_t>((y * width + x) * channels + c)];
  }
  float at(std::int64_t x, std::int64_t y, std::int64_t c = 0) const {
    return values[static_cast<std::size_t>((y * width + x) * channels + c)];
  }
};

struct Box {
  std::int64_t left, top, width, height;
};

Plane plane_of(const Image& picture, std::int64_t channels) {
  Plane plane(picture.width, picture.height, channels);
  for (std::int64_t y = 0; y < plane.height; ++y)
    for (std::int64_t x = 0; x < plane.width; ++x) {
      const std::uint8_t* rgba = &picture.row(static_cast<int>(y))[static_cast<std::size_t>(4 * x)];
      const float opacity = static_cast<float>(rgba[3]) / 255;
      float color[3];
      for (int c = 0; c < 3; ++c)
        color[c] = opacity * static_cast<float>(rgba[c]) / 255 + (1 - opacity);
      if (channels == 1)
        plane.at(x, y) = 0.299F * color[0] + 0.587F * color[1] + 0.114F * color[2];
      else
        for (std::int64_t c = 0; c < channels; ++c)
          plane.at(x, y, c) = c < 3 ? color[c] : opacity;
    }
  return plane;
}

/// How much of source pixel `at` lies under pixel `i` of the target, where one of these covers `each` of those.
float share(std::int64_t at, std::int64_t i, double each) {
  const double begin = std::max(static_cast<double>(i) * each, static_cast<double>(at));
  const double end = std::min(static_cast<double>(i + 1) * each, static_cast<double>(at + 1));
  return static_cast<float>(std::max(0.0, end - begin) / each);
}

/// A box of a plane, scaled along x and then along y.
Plane scaled(const Plane& from, const Box& box, std::int64_t width, std::int64_t height) {
  const double across = static_cast<double>(box.width) / static_cast<double>(width);
  const double down = static_cast<double>(box.height) / static_cast<double>(height);
  const auto last = [](std::int64_t i, double each, std::int64_t size) {
    return std::min(static_cast<std::int64_t>(std::ceil(static_cast<double>(i + 1) * each)), size);
  };
  Plane narrow(width, box.height, from.channels), to(width, height, from.channels);
  for (std::int64_t x = 0; x < width; ++x)
    for (auto at = static_cast<std::int64_t>(static_cast<double>(x) * across); at < last(x, across, box.width); ++at)
      for (std::int64_t y = 0; y < box.height; ++y)
        for (std::int64_t c = 0; c < from.channels; ++c)
          narrow.at(x, y, c) += share(at, x, across) * from.at(box.left + at, box.top + y, c);
  for (std::int64_t y = 0; y < height; ++y)
    for (auto at = static_cast<std::int64_t>(static_cast<double>(y) * down); at < last(y, down, box.height); ++at)
      for (std::int64_t x = 0; x < width; ++x)
        for (std::int64_t c = 0; c < from.channels; ++c)
          to.at(x, y, c) += share(at, y, down) * narrow.at(x, at, c);
  return to;
}

Box middle_square(const Plane& plane) {
  const std::int64_t side = std::min(plane.width, plane.height);
  return {(plane.width - side) / 2, (plane.height - side) / 2, side, side};
}

float mean_of_border(const Plane& plane) {
  double sum = 0;
  std::int64_t count = 0;
  for (std::int64_t y = 0; y < plane.height; ++y)
    for (std::int64_t x = 0; x < plane.width; ++x)
      if (x == 0 || y == 0 || x == plane.width - 1 || y == plane.height - 1) {
        sum += static_cast<double>(plane.at(x, y));
        ++count;
      }
  return static_cast<float>(sum / static_cast<double>(count));
}

/// Ink as 0 to 1, whatever its colour and the paper's.
void make_ink_white(Plane& plane) {
  const bool dark_on_light = mean_of_border(plane) > 0.5F;
  float most = 0;
  for (float& value : plane.values) {
    value = dark_on_light ? 1 - value : value;
    most = std::max(most, value);
  }
  const float least = std::min(mean_of_border(plane), most);
  for (float& value : plane.values)
    value = most - least < 0.05F ? 0 : std::clamp((value - least) / (most - least), 0.0F, 1.0F);
}

constexpr float faintest_ink = 0.15F;

Box box_of_ink(const Plane& plane) {
  std::int64_t left = plane.width, top = plane.height, right = -1, bottom = -1;
  for (std::int64_t y = 0; y < plane.height; ++y)
    for (std::int64_t x = 0; x < plane.width; ++x)
      if (plane.at(x, y) > faintest_ink) {
        left = std::min(left, x);
        right = std::max(right, x);
        top = std::min(top, y);
        bottom = std::max(bottom, y);
      }
  return {left, top, right - left + 1, bottom - top + 1};
}

/// The mass's centre along x and y, in pixels from the plane's corner.
std::pair<double, double> center_of_mass(const Plane& plane) {
  double mass = 0, x_sum = 0, y_sum = 0;
  for (std::int64_t y = 0; y < plane.height; ++y)
    for (std::int64_t x = 0; x < plane.width; ++x) {
      const auto ink = static_cast<double>(plane.at(x, y));
      mass += ink;
      x_sum += ink * (static_cast<double>(x) + 0.5);
      y_sum += ink * (static_cast<double>(y) + 0.5);
    }
  return {x_sum / mass, y_sum / mass};
}

Result<Plane> as_digit(Plane plane, const ImageSize& size) {
  make_ink_white(plane);
  const Box ink = box_of_ink(plane);
  if (ink.width <= 0)
    return fail(ErrorCode::invalid_argument, "picture", "shows no ink");
  const std::int64_t room_x = std::max<std::int64_t>(1, size.width * 20 / 28),
                     room_y = std::max<std::int64_t>(1, size.height * 20 / 28);
  const double factor = std::min(static_cast<double>(room_x) / static_cast<double>(ink.width),
                                 static_cast<double>(room_y) / static_cast<double>(ink.height));
  const auto fitted = [&](std::int64_t side, std::int64_t room) {
    return std::clamp<std::int64_t>(std::lround(static_cast<double>(side) * factor), 1, room);
  };
  const Plane small = scaled(plane, ink, fitted(ink.width, room_x), fitted(ink.height, room_y));
  const auto [x_center, y_center] = center_of_mass(small);
  const auto left = std::lround(size.width / 2.0 - x_center), top = std::lround(size.height / 2.0 - y_center);
  Plane out(size.width, size.height, 1);
  for (std::int64_t y = 0; y < small.height; ++y)
    for (std::int64_t x = 0; x < small.width; ++x)
      if (x + left >= 0 && x + left < out.width && y + top >= 0 && y + top < out.height)
        out.at(x + left, y + top) = small.at(x, y);
  return out;
}

} // namespace

Result<std::vector<float>> prepare(const Image& picture, const ImageSize& size, ValueRange range,
                                   Preparation preparation) {
  if (picture.width < 1 || picture.height < 1)
    return fail(ErrorCode::invalid_argument, "picture", "is empty");
  if (preparation == Preparation::digit && size.channels != 1)
    return fail(ErrorCode::invalid_argument, "model.json", "preparation \"digit\" needs an encoder of one channel");
  Plane plane = plane_of(picture, size.channels);
  if (preparation == Preparation::digit) {
    GANLET_TRY(plane, as_digit(std::move(plane), size));
  } else {
    plane = scaled(plane, middle_square(plane), size.width, size.height);
  }
  for (float& value : plane.values)
    value = range.low + value * (range.high - range.low);
  return std::move(plane.values);
}

} // namespace ganlet
