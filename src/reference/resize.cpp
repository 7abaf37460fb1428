#include <algorithm>
#include <cmath>

#include "graph/onnx_ops.h"
#include "reference/cubic.h"
#include "reference/loops.h"

namespace ganlet::reference {

namespace {

/// Resizing along one axis.
class Axis {
 public:
  Axis(const op::Resize& operation, std::size_t axis, std::int64_t from, std::int64_t to)
      : operation_(operation), from_(from), to_(to), scale_(operation.scale[axis]) {}

  /// The position in the input, in pixels, of the middle of output pixel `at` (ONNX Resize,
  /// coordinate_transformation_mode).
  double position(std::int64_t at) const {
    const auto x = static_cast<double>(at);
    switch (operation_.coordinates) {
    case op::Coordinates::align_corners:
      return to_ == 1 ? 0 : x * static_cast<double>(from_ - 1) / static_cast<double>(to_ - 1);
    case op::Coordinates::asymmetric:
      return shrunk(x);
    case op::Coordinates::half_pixel:
      return shrunk(x + 0.5) - 0.5;
    case op::Coordinates::pytorch_half_pixel:
      return to_ == 1 ? 0 : shrunk(x + 0.5) - 0.5;
    case op::Coordinates::half_pixel_symmetric:
      return has_rare_parts() ? symmetric(x) : 0;
    }
    return 0;
  }

  std::int64_t nearest(std::int64_t at) const {
    const double x = position(at);
    switch (operation_.rounding) {
    case op::Rounding::ceil:
      return inside(std::ceil(x));
    case op::Rounding::floor:
      return inside(std::floor(x));
    case op::Rounding::round_prefer_ceil:
      return inside(std::floor(x + 0.5));
    case op::Rounding::round_prefer_floor:
      return inside(std::ceil(x - 0.5));
    }
    return 0;
  }

  struct Blend {
    std::int64_t low = 0, high = 0;
    double high_part = 0;
  };
  Blend linear(std::int64_t at) const {
    const double x = position(at), low = std::floor(x);
    return {inside(low), inside(low + 1), x - low};
  }

  struct Taps {
    std::array<std::int64_t, 4> at{};
    std::array<double, 4> weight{};
  };
  Taps cubic(std::int64_t at) const {
    const double x = position(at), low = std::floor(x);
    Taps taps{{}, cubic_weights(x - low, static_cast<double>(operation_.cubic_coefficient))};
    double sum = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const double pixel = low - 1 + static_cast<double>(i);
      taps.at[i] = inside(pixel);
      if (operation_.exclude_outside && (pixel < 0 || pixel > static_cast<double>(from_ - 1)))
        taps.weight[i] = 0;
      sum += taps.weight[i];
    }
    if (operation_.exclude_outside)
      for (double& weight : taps.weight)
        weight /= sum;
    return taps;
  }

 private:
  /// x / scale. If the scale matches the sizes, their exact ratio is used instead of the rounded scale.
  double shrunk(double x) const {
    if (scale_ == static_cast<float>(to_) / static_cast<float>(from_))
      return x * static_cast<double>(from_) / static_cast<double>(to_);
    return x / static_cast<double>(scale_);
  }

  /// Like half_pixel, but the middles of both images lie on each other where the size was rounded.
  double symmetric(double x) const {
    const double middle = static_cast<double>(from_) / 2;
    const double kept = static_cast<double>(to_) / (static_cast<double>(scale_) * static_cast<double>(from_));
    return middle * (1 - kept) + (x + 0.5) / static_cast<double>(scale_) - 0.5;
  }

  /// The pixel clamped to the image.
  std::int64_t inside(double pixel) const {
    const auto last = static_cast<double>(from_ - 1);
    return static_cast<std::int64_t>(pixel > 0 ? (pixel < last ? pixel : last) : 0);
  }

  const op::Resize& operation_;
  std::int64_t from_;
  std::int64_t to_;
  float scale_;
};

/// Some channels of an image of (H,W,C): `count`, of which the first is at `pixels`.
struct Image {
  const float* pixels;
  std::int64_t columns, channels, count;
  const float* at(std::int64_t row, std::int64_t column) const { return pixels + (row * columns + column) * channels; }
};

void write_nearest(const Image& image, std::int64_t row, std::int64_t column, float* to) {
  const float* nearest = image.at(row, column);
  for (std::int64_t c = 0; c < image.count; ++c)
    to[c] = nearest[c];
}

void write_linear(const Image& image, const Axis::Blend& v, const Axis::Blend& h, float* to) {
  const auto blend = [&](std::int64_t row, std::int64_t c) {
    return static_cast<double>(image.at(row, h.low)[c]) * (1 - h.high_part) +
           static_cast<double>(image.at(row, h.high)[c]) * h.high_part;
  };
  for (std::int64_t c = 0; c < image.count; ++c)
    to[c] = static_cast<float>(blend(v.low, c) * (1 - v.high_part) + blend(v.high, c) * v.high_part);
}

void write_cubic(const Image& image, const Axis::Taps& v, const Axis::Taps& h, float* to) {
  for (std::int64_t c = 0; c < image.count; ++c) {
    double sum = 0;
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 4; ++j)
        sum += v.weight[i] * h.weight[j] * static_cast<double>(image.at(v.at[i], h.at[j])[c]);
    to[c] = static_cast<float>(sum);
  }
}

} // namespace

Result<void> run(const op::Resize& operation, Inputs inputs, const TensorView& output, Work& work) {
  const Shape& from = inputs[0].shape;
  const Shape& shape = output.shape;
  const float* x = inputs[0].as<float>().data();
  const Axis rows(operation, 0, from[1], shape[1]), columns(operation, 1, from[2], shape[2]);
  const std::int64_t channels = shape[3];
  work.split(shape.elements());
  for (std::int64_t first = 0; first < channels; first += channels_at_once) {
    const std::int64_t count = std::min(channels - first, channels_at_once);
    float* to = output.as<float>().data() + first;
    for (std::int64_t n = 0; n < shape[0]; ++n) {
      const Image image{x + n * from[1] * from[2] * channels + first, from[2], channels, count};
      for (std::int64_t row = 0; row < shape[1] && !work.stopped(); ++row)
        for (std::int64_t column = 0; column < shape[2] && work.turn(count); ++column, to += channels)
          switch (operation.mode) {
          case op::ResizeMode::nearest:
            write_nearest(image, rows.nearest(row), columns.nearest(column), to);
            break;
          case op::ResizeMode::linear:
            write_linear(image, rows.linear(row), columns.linear(column), to);
            break;
          case op::ResizeMode::cubic:
            if (has_rare_parts())
              write_cubic(image, rows.cubic(row), columns.cubic(column), to);
            break;
          }
    }
  }
  return work.result();
}

} // namespace ganlet::reference
