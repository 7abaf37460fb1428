#include <cmath>

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

 private:
  /// x / scale. If the scale matches the sizes, their exact ratio is used instead of the rounded scale.
  double shrunk(double x) const {
    if (scale_ == static_cast<float>(to_) / static_cast<float>(from_))
      return x * static_cast<double>(from_) / static_cast<double>(to_);
    return x / static_cast<double>(scale_);
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

} // namespace

Result<void> run(const op::Resize& operation, Inputs inputs, const TensorView& output, Work& work) {
  const Shape& from = inputs[0].shape;
  const Shape& shape = output.shape;
  const float* x = inputs[0].as<float>().data();
  float* to = output.as<float>().data();
  const Axis rows(operation, 0, from[1], shape[1]), columns(operation, 1, from[2], shape[2]);
  work.split(shape[0] * shape[1] * shape[2]);
  for (std::int64_t image = 0; image < shape[0]; ++image) {
    const auto pixel = [&](std::int64_t row, std::int64_t column) {
      return x + ((image * from[1] + row) * from[2] + column) * from[3];
    };
    for (std::int64_t row = 0; row < shape[1] && !work.stopped(); ++row)
      for (std::int64_t column = 0; column < shape[2] && work.turn(); ++column, to += shape[3]) {
        if (operation.mode == op::ResizeMode::nearest) {
          const float* nearest = pixel(rows.nearest(row), columns.nearest(column));
          for (std::int64_t c = 0; c < shape[3]; ++c)
            to[c] = nearest[c];
          continue;
        }
        const Axis::Blend v = rows.linear(row), h = columns.linear(column);
        const auto blend = [&](std::int64_t r, std::int64_t c) {
          return static_cast<double>(pixel(r, h.low)[c]) * (1 - h.high_part) +
                 static_cast<double>(pixel(r, h.high)[c]) * h.high_part;
        };
        for (std::int64_t c = 0; c < shape[3]; ++c)
          to[c] = static_cast<float>(blend(v.low, c) * (1 - v.high_part) + blend(v.high, c) * v.high_part);
      }
  }
  return work.result();
}

} // namespace ganlet::reference
