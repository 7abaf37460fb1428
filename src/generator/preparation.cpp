#include "generator/preparation.h"

#include <algorithm>
#include <cmath>

#include "image/area_average.h"
#include "image/plane.h"

namespace ganlet {

namespace {

/// The picture in grey from 0 to 1, over white. Bands of rows keep the memory for the largest pictures to that of the
/// plane.
Plane plane_of(const Image& picture) {
  constexpr std::int64_t band = 64;
  Plane plane(picture.width, picture.height);
  auto value = plane.values.begin();
  for (std::int64_t top = 0; top < plane.height; top += band) {
    const std::int64_t rows = std::min(band, plane.height - top);
    for (const double grey : scaled(picture, {0, top, plane.width, rows}, plane.width, rows, 1, white_ground))
      *value++ = static_cast<float>(grey / 255);
  }
  return plane;
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

/// Turns the plane into amounts of ink from 0 to 1, whatever the colours of ink and paper.
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

Region box_of_ink(const Plane& plane) {
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

/// The centre of mass (x, y), in pixels from the plane's corner.
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
  const Region ink = box_of_ink(plane);
  if (ink.width <= 0)
    return fail(ErrorCode::invalid_argument, "picture", "shows no ink");
  const std::int64_t room_x = std::max<std::int64_t>(1, size.width * 20 / 28),
                     room_y = std::max<std::int64_t>(1, size.height * 20 / 28);
  const double factor = std::min(static_cast<double>(room_x) / static_cast<double>(ink.width),
                                 static_cast<double>(room_y) / static_cast<double>(ink.height));
  const auto fitted = [&](std::int64_t side, std::int64_t room) {
    return std::clamp<std::int64_t>(std::lround(static_cast<double>(side) * factor), 1, room);
  };
  Plane small(fitted(ink.width, room_x), fitted(ink.height, room_y));
  const auto means = area_average(ink, small.width, small.height, [&](std::int64_t x, std::int64_t y) {
    return std::array<double, 4>{plane.at(x, y)};
  });
  std::ranges::transform(means, small.values.begin(), [](const auto& mean) { return static_cast<float>(mean[0]); });
  const auto [x_center, y_center] = center_of_mass(small);
  const auto left = std::lround(size.width / 2.0 - x_center), top = std::lround(size.height / 2.0 - y_center);
  Plane out(size.width, size.height);
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
  std::vector<float> values;
  if (preparation == Preparation::digit) {
    GANLET_TRY(Plane plane, as_digit(plane_of(picture), size));
    values = std::move(plane.values);
  } else {
    for (const double value : scaled(picture, middle_square(picture.width, picture.height), size.width, size.height,
                                     size.channels, white_ground))
      values.push_back(static_cast<float>(value / 255));
  }
  for (float& value : values)
    value = range.low + value * (range.high - range.low);
  return values;
}

} // namespace ganlet
