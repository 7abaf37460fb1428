#include "image/area_average.h"

#include <cassert>

namespace ganlet {

Region middle_square(std::int64_t width, std::int64_t height) {
  const std::int64_t side = std::min(width, height);
  return {(width - side) / 2, (height - side) / 2, side, side};
}

std::vector<AreaShares> area_shares(std::int64_t source, std::int64_t target) {
  assert(source >= 1 && target >= 1);
  std::vector<AreaShares> shares(static_cast<std::size_t>(target));
  const double each = static_cast<double>(source) / static_cast<double>(target);
  for (std::int64_t i = 0; i < target; ++i) {
    AreaShares& share = shares[static_cast<std::size_t>(i)];
    const double begin = static_cast<double>(i) * each, end = static_cast<double>(i + 1) * each;
    share.first = std::min(static_cast<std::int64_t>(begin), source - 1);
    for (std::int64_t at = share.first; at < source && static_cast<double>(at) < end - 1e-9; ++at) {
      const double low = std::max(begin, static_cast<double>(at)), high = std::min(end, static_cast<double>(at + 1));
      share.weights.push_back((high - low) / each);
    }
  }
  return shares;
}

double luma(double red, double green, double blue) {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

std::vector<double> scaled(const Image& picture, const Region& region, std::int64_t width, std::int64_t height,
                           std::int64_t channels, const Ground& ground) {
  assert(channels == 1 || channels == 3 || channels == 4);
  // The means of visible colour (opacity x colour) and of opacity.
  const auto means = area_average(region, width, height, [&](std::int64_t x, std::int64_t y) {
    const std::uint8_t* rgba = &picture.row(static_cast<int>(y))[static_cast<std::size_t>(4 * x)];
    const double opacity = rgba[3] / 255.0;
    return std::array{opacity * rgba[0], opacity * rgba[1], opacity * rgba[2], opacity};
  });
  std::vector<double> values;
  values.reserve(means.size() * static_cast<std::size_t>(channels));
  for (const std::array<double, 4>& mean : means) {
    const double opacity = mean[3];
    std::array<double, 3> color;
    for (std::size_t c = 0; c < 3; ++c)
      color[c] = channels < 4  ? mean[c] + (1 - opacity) * ground[c]
                 : opacity > 0 ? mean[c] / opacity
                               : static_cast<double>(ground[c]);
    if (channels == 1)
      values.push_back(luma(color[0], color[1], color[2]));
    else
      values.insert(values.end(), color.begin(), color.end());
    if (channels == 4)
      values.push_back(255 * opacity);
  }
  return values;
}

} // namespace ganlet
