#pragma once

#include <memory>

#include "gpu/device.h"
#include "graph/device_picture.h"

namespace ganlet::gpu {

/// The pixels of a picture in a buffer of a device, RGBA by rows, made of a network's outputs by shaders/pixels.comp.
/// All calls need a `Device::Use`.
class Picture {
 public:
  explicit Picture(std::shared_ptr<Device> device) : device_(std::move(device)) {}
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;

  /// Errors: limit_exceeded; unsupported, if the driver refuses the kernel.
  Result<void> begin(const PictureLayout& layout);
  /// Errors: invalid_argument.
  Result<void> add(const DeviceMemory& images, std::int64_t first, std::int64_t count);
  void release();

  std::int64_t width() const { return layout_.columns * layout_.width; }
  std::int64_t height() const { return (layout_.count + layout_.columns - 1) / layout_.columns * layout_.height; }
  Range pixels() const { return {pixels_, 0, 4 * width() * height()}; }

 private:
  std::shared_ptr<Device> device_;
  PictureLayout layout_;
  BufferId pixels_ = 0, uniforms_ = 0;
  std::int64_t bytes_ = 0; ///< of `pixels_`
};

} // namespace ganlet::gpu
