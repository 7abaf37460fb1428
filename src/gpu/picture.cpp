#include "gpu/picture.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "core/text.h"
#include "gpu/kernel.h"
#include "gpu/program.h"
#include "shaders/pixels.h"

namespace ganlet::gpu {

Result<void> Picture::begin(const PictureLayout& layout) {
  layout_ = layout;
  const std::int64_t bytes = std::max<std::int64_t>(pixels().bytes, 16);
  if (bytes > device_->most_bytes())
    return fail(ErrorCode::limit_exceeded, "picture",
                concat(width(), " x ", height(), " pixels; ", printable(device_->name()), " binds at most ",
                       device_->most_bytes(), " bytes"));
  GANLET_CHECK(device_->compile(shaders::Pixels::shader));
  if (bytes > bytes_) {
    release();
    GANLET_TRY(uniforms_, device_->allocate(Device::alignment, false));
    GANLET_TRY(pixels_, device_->allocate(bytes, false));
    bytes_ = bytes;
  }
  if (layout.count % layout.columns != 0) // the rest of the last row is transparent
    device_->write(pixels(), std::vector<std::byte>(static_cast<std::size_t>(pixels().bytes)).data());
  return {};
}

Result<void> Picture::add(const DeviceMemory& images, std::int64_t first, std::int64_t count) {
  if (images.device() != device_.get())
    return fail(ErrorCode::invalid_argument, "picture", "the images lie on another device");
  const Range from = static_cast<const ArenaMemory&>(images).range;
  const std::int64_t area = std::int64_t{layout_.width} * layout_.height, pixels = count * area;
  shaders::Pixels uniforms;
  uniforms.count = narrowed(pixels);
  uniforms.width = narrowed(layout_.width);
  uniforms.height = narrowed(layout_.height);
  uniforms.channels = narrowed(layout_.channels);
  uniforms.planes = layout_.channels_last ? 0 : 1;
  uniforms.before = narrowed(first);
  uniforms.across = narrowed(layout_.columns);
  uniforms.low = layout_.low;
  uniforms.scale = 255 / (layout_.high - layout_.low);
  const auto uniform_bytes = static_cast<std::int64_t>(sizeof uniforms + 15) / 16 * 16;
  std::array<std::byte, (sizeof uniforms + 15) / 16 * 16> padded{};
  std::ranges::copy(std::as_bytes(std::span(&uniforms, 1)), padded.begin());
  device_->write({uniforms_, 0, uniform_bytes}, padded.data());
  const std::array<Range, 2> bound{Range{from.buffer, from.offset, (from.bytes + 15) / 16 * 16},
                                   Range{pixels_, 0, bytes_}};
  const std::int64_t groups = Recorder::groups_of(pixels), columns = std::min<std::int64_t>(groups, 32768);
  device_->dispatch(shaders::Pixels::shader, {uniforms_, 0, uniform_bytes}, bound, narrowed(columns),
                    narrowed((groups + columns - 1) / columns));
  return {};
}

void Picture::release() {
  if (pixels_ != 0)
    device_->free(pixels_);
  if (uniforms_ != 0)
    device_->free(uniforms_);
  pixels_ = uniforms_ = 0;
  bytes_ = 0;
}

} // namespace ganlet::gpu
