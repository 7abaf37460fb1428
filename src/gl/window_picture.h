#pragma once

#include <array>
#include <memory>

#include "gl/device.h"
#include "gpu/picture.h"

namespace ganlet::gl {

/// Textures that the window shows, written in turns.
class WindowPicture final : public DevicePicture {
 public:
  explicit WindowPicture(std::shared_ptr<Device> device) : device_(std::move(device)), pixels_(device_) {}
  ~WindowPicture() override;

  Result<void> begin(const PictureLayout& layout) override;
  Result<void> add(const DeviceMemory& images, std::int64_t first, std::int64_t count) override;
  Result<std::uint32_t> finish() override;

 private:
  struct Texture {
    unsigned name = 0;
    int width = 0, height = 0;
  };

  std::shared_ptr<Device> device_;
  gpu::Picture pixels_;
  /// The window may show the last one, wait to show it, and still draw with the one before.
  std::array<Texture, 4> textures_;
  std::size_t next_ = 0;
};

} // namespace ganlet::gl
