#include <algorithm>
#include <array>
#include <cmath>

#include "reference/cubic.h"
#include "reference/loops.h"

namespace ganlet::reference {

namespace {

/// The pixels along one axis that a place lies between, with their weights; -1 is a zero outside of the image.
struct Taps {
  int count = 0;
  std::array<std::int64_t, 4> at{};
  std::array<double, 4> weight{};
};

class GridAxis {
 public:
  GridAxis(const op::GridSample& operation, std::int64_t size)
      : operation_(operation), size_(static_cast<double>(size)) {}

  Taps taps(float given) const {
    double x = static_cast<double>(given);
    x = operation_.align_corners ? 0.5 * (x + 1) * (size_ - 1) : 0.5 * ((x + 1) * size_ - 1);
    constexpr double far = 1e9; // beyond any image; what is no number is there, too
    x = x < far ? std::max(x, -far) : x >= far ? far : -far;
    switch (operation_.mode) {
    case op::ResizeMode::nearest:
      return {1, {index_of(std::nearbyint(placed(x)))}, {1}};
    case op::ResizeMode::linear: {
      x = placed(x);
      const double low = std::floor(x);
      return {2, {index_of(low), index_of(low + 1)}, {1 - (x - low), x - low}};
    }
    case op::ResizeMode::cubic:
      break;
    }
    const double low = std::floor(x);
    Taps taps{4, {}, cubic_weights(x - low, -0.75)};
    for (std::size_t i = 0; i < 4; ++i)
      taps.at[i] = index_of(placed(low - 1 + static_cast<double>(i)));
    return taps;
  }

 private:
  /// A place, moved into the image where places outside have pixels of it.
  double placed(double x) const {
    if (operation_.outside == op::Outside::zeros)
      return x;
    if (operation_.outside == op::Outside::reflection) {
      const double edge = operation_.align_corners ? 0 : -0.5, length = size_ - 1 - 2 * edge;
      const double beyond = length > 0 ? std::fmod(std::fabs(x - edge), 2 * length) : 0;
      x = edge + std::min(beyond, 2 * length - beyond);
    }
    return std::clamp(x, 0.0, size_ - 1);
  }

  std::int64_t index_of(double pixel) const {
    if (operation_.outside == op::Outside::zeros && (pixel < 0 || pixel > size_ - 1))
      return -1;
    return static_cast<std::int64_t>(std::clamp(pixel, 0.0, size_ - 1));
  }

  const op::GridSample& operation_;
  double size_;
};

} // namespace

Result<void> run(const op::GridSample& operation, Inputs inputs, const TensorView& output, Work& work) {
  const Shape& from = inputs[0].shape;
  const GridAxis rows(operation, from[1]), columns(operation, from[2]);
  const std::int64_t channels = from[3], image = from[1] * from[2] * channels;
  const std::int64_t places = output.shape[1] * output.shape[2];
  const float* x = inputs[0].as<float>().data();
  const float* place = inputs[1].as<float>().data();
  float* to = output.as<float>().data();
  work.split(output.shape.elements());
  for (std::int64_t i = 0; i < output.shape[0] * places && !work.stopped(); ++i, place += 2, to += channels) {
    const Taps h = columns.taps(place[0]), v = rows.taps(place[1]);
    const float* const pixels = x + i / places * image;
    for (std::int64_t c = 0, paid = 0; c < channels; ++c) {
      if (c == paid) {
        const std::int64_t next = std::min(channels - c, channels_at_once);
        if (!work.turn(next))
          break;
        paid += next;
      }
      double sum = 0;
      for (std::size_t row = 0; row < static_cast<std::size_t>(v.count); ++row)
        for (std::size_t column = 0; column < static_cast<std::size_t>(h.count); ++column)
          if (v.at[row] >= 0 && h.at[column] >= 0)
            sum += v.weight[row] * h.weight[column] *
                   static_cast<double>(pixels[(v.at[row] * from[2] + h.at[column]) * channels + c]);
      to[c] = static_cast<float>(sum);
    }
  }
  return work.result();
}

} // namespace ganlet::reference
