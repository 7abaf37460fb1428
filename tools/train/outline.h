#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ganlet::train {

/// The outline, (height, width) bytes, of what is brighter than half in a picture (height, width, channels) of 1 or 3
/// channels: white on black, as one draws with a pen one pixel wide along the inner side of the border. On a grid four
/// times as fine, into which brightness (BT.601) is interpolated linearly, it is what a threshold of half leaves
/// without its erosion by a disk of one pixel; each pixel is the share of its 16 points that lie there. Strokes of less
/// than two pixels have no inside and stay whole.
std::vector<std::uint8_t> outline(std::span<const std::uint8_t> pixels, std::int64_t width, std::int64_t height,
                                  std::int64_t channels);

} // namespace ganlet::train
