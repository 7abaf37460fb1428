#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "image/image.h"

namespace ganlet {

/// A rectangle of a picture, in pixels from its top left corner.
struct Region {
  std::int64_t left = 0, top = 0, width = 0, height = 0;
};

/// The largest square centred in a picture.
Region middle_square(std::int64_t width, std::int64_t height);

/// The share of a target pixel that each source pixel covers along one axis, from source pixel `first` on.
struct AreaShares {
  std::int64_t first = 0;
  std::vector<double> weights; ///< their sum is 1
};

/// One entry for each of the `target` pixels to which `source` pixels are scaled.
std::vector<AreaShares> area_shares(std::int64_t source, std::int64_t target);

/// Scales a region up or down to (height, width) by averaging areas: `pixel(x, y)` returns the four numbers of a source
/// pixel, and each target pixel is their mean over the area that it covers.
template <typename Pixel>
std::vector<std::array<double, 4>> area_average(const Region& region, std::int64_t width, std::int64_t height,
                                                const Pixel& pixel) {
  const std::vector<AreaShares> across = area_shares(region.width, width), down = area_shares(region.height, height);
  std::vector<std::array<double, 4>> means;
  means.reserve(across.size() * down.size());
  for (const AreaShares& vertical : down)
    for (const AreaShares& horizontal : across) {
      std::array<double, 4>& mean = means.emplace_back();
      for (std::size_t y = 0; y < vertical.weights.size(); ++y)
        for (std::size_t x = 0; x < horizontal.weights.size(); ++x) {
          const std::array<double, 4> source = pixel(region.left + horizontal.first + static_cast<std::int64_t>(x),
                                                     region.top + vertical.first + static_cast<std::int64_t>(y));
          const double weight = vertical.weights[y] * horizontal.weights[x];
          for (std::size_t c = 0; c < mean.size(); ++c)
            mean[c] += weight * source[c];
        }
    }
  return means;
}

/// The RGB background that shows through where a picture is transparent.
using Ground = std::array<std::uint8_t, 3>;
constexpr Ground white_ground{255, 255, 255};

/// The luma of BT.601, as JPEG uses it.
double luma(double red, double green, double blue);

/// A region scaled by averaging areas, as (height, width, channels) numbers from 0 to 255. 1 channel is luma and 3 are
/// RGB, both over the ground. 4 are RGBA with colours that aren't mixed with the ground: each is the mean of the
/// visible colours, or the ground's colour if nothing is visible.
std::vector<double> scaled(const Image& picture, const Region& region, std::int64_t width, std::int64_t height,
                           std::int64_t channels, const Ground& ground);

} // namespace ganlet
