#include "image/plane.h"

#include <algorithm>
#include <cmath>

#include "image/area_average.h"

namespace ganlet {

namespace {

/// Keys's kernel for a = -1/2: exact for parabolas.
double cubic(double distance) {
  const double d = std::abs(distance);
  if (d < 1)
    return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}

/// As `area_shares`, for an axis that grows.
std::vector<AreaShares> cubic_shares(std::int64_t source, std::int64_t target) {
  std::vector<AreaShares> shares(static_cast<std::size_t>(target));
  for (std::int64_t i = 0; i < target; ++i) {
    const double center =
        (static_cast<double>(i) + 0.5) * static_cast<double>(source) / static_cast<double>(target) - 0.5;
    const auto left = static_cast<std::int64_t>(std::floor(center)) - 1;
    const auto inside = [source](std::int64_t at) { return std::clamp<std::int64_t>(at, 0, source - 1); };
    AreaShares& share = shares[static_cast<std::size_t>(i)];
    share.first = inside(left);
    share.weights.resize(static_cast<std::size_t>(inside(left + 3) - share.first + 1));
    for (std::int64_t at = left; at < left + 4; ++at)
      share.weights[static_cast<std::size_t>(inside(at) - share.first)] += cubic(static_cast<double>(at) - center);
  }
  return shares;
}

std::vector<AreaShares> shares_of(std::int64_t source, std::int64_t target) {
  return target > source ? cubic_shares(source, target) : area_shares(source, target);
}

} // namespace

Plane resampled(const Plane& plane, std::int64_t width, std::int64_t height) {
  const std::vector<AreaShares> across = shares_of(plane.width, width), down = shares_of(plane.height, height);
  Plane wide(width, plane.height);
  for (std::int64_t y = 0; y < plane.height; ++y)
    for (std::int64_t x = 0; x < width; ++x) {
      const AreaShares& share = across[static_cast<std::size_t>(x)];
      double sum = 0;
      for (std::size_t i = 0; i < share.weights.size(); ++i)
        sum += share.weights[i] * static_cast<double>(plane.at(share.first + static_cast<std::int64_t>(i), y));
      wide.at(x, y) = static_cast<float>(sum);
    }
  Plane out(width, height);
  for (std::int64_t y = 0; y < height; ++y) {
    const AreaShares& share = down[static_cast<std::size_t>(y)];
    for (std::int64_t x = 0; x < width; ++x) {
      double sum = 0;
      for (std::size_t i = 0; i < share.weights.size(); ++i)
        sum += share.weights[i] * static_cast<double>(wide.at(x, share.first + static_cast<std::int64_t>(i)));
      out.at(x, y) = static_cast<float>(sum);
    }
  }
  return out;
}

} // namespace ganlet
