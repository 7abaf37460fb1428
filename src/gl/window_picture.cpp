#include "gl/window_picture.h"

#include <utility>

namespace ganlet::gl {

WindowPicture::~WindowPicture() {
  const Device::Use use(*device_);
  for (const Texture& texture : textures_)
    if (texture.name != 0)
      device_->free_texture(texture.name);
  pixels_.release();
}

Result<void> WindowPicture::begin(const PictureLayout& layout) {
  const Device::Use use(*device_);
  return pixels_.begin(layout);
}

Result<void> WindowPicture::add(const DeviceMemory& images, std::int64_t first, std::int64_t count) {
  const Device::Use use(*device_);
  return pixels_.add(images, first, count);
}

/// What one context has written, another sees once that is done and the texture is bound again.
Result<std::uint32_t> WindowPicture::finish() {
  const Device::Use use(*device_);
  Texture& texture = textures_[std::exchange(next_, (next_ + 1) % textures_.size())];
  const int width = static_cast<int>(pixels_.width()), height = static_cast<int>(pixels_.height());
  if (texture.width != width || texture.height != height) {
    if (texture.name != 0)
      device_->free_texture(texture.name);
    texture = {device_->make_texture(width, height), width, height};
  }
  device_->fill_texture(texture.name, width, height, pixels_.pixels());
  const Ticket ticket = device_->submit();
  for (bool done = false; !done;) {
    GANLET_TRY(done, device_->is_done(ticket, true));
  }
  return texture.name;
}

} // namespace ganlet::gl
