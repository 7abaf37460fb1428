#pragma once

#include <cstdint>

#include "graph/program.h"

namespace ganlet {

/// How a network's images lie in memory, and side by side in a picture.
struct PictureLayout {
  std::int64_t count = 0, columns = 1;     ///< images of the picture, and of one of its rows
  int width = 1, height = 1, channels = 1; ///< of an image; 1, 3 or 4 channels
  bool channels_last = true;               ///< (N,H,W,C), else (N,C,H,W)
  float low = -1, high = 1;                ///< the numbers that become brightness 0 and 255
};

/// A picture of images that a network leaves on a device (`Place::device`), shown by the window that has the device,
/// so that no pixel passes through the host. It is written and shown in turns: the last three textures that `finish`
/// returned stay as they are.
class DevicePicture {
 public:
  virtual ~DevicePicture() = default;
  /// Begins the next picture. Errors: limit_exceeded, device_lost.
  virtual Result<void> begin(const PictureLayout& layout) = 0;
  /// Adds `count` images, of which `first` are in front. Errors: invalid_argument if they are another device's.
  virtual Result<void> add(const DeviceMemory& images, std::int64_t first, std::int64_t count) = 0;
  /// The number of the texture, once the device has written it. Errors: device_lost.
  virtual Result<std::uint32_t> finish() = 0;
};

} // namespace ganlet
