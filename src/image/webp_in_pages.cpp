#include <algorithm>
#include <cstdint>

#include "core/text.h"
#include "image/animation_formats.h"

namespace ganlet {

namespace {

// Replaces webp.cpp in pages, where the browser has an encoder: passes on the raw frames, from which
// web/studio/page_webp.js makes the file. Width, height, count and milliseconds as 32-bit little-endian numbers, then
// the pixels of all frames.
class FramesForPage : public AnimationEncoder {
 public:
  FramesForPage(int width, int height, int milliseconds) {
    for (const int number : {width, height, 0, milliseconds})
      put32(bytes_.size(), number);
  }

  Result<void> add(const Image& frame) override {
    constexpr std::size_t most_bytes = std::size_t{256} << 20;
    if (frame.pixels.size() > most_bytes - bytes_.size())
      return fail(
          ErrorCode::limit_exceeded, "frames",
          concat("take more than ", most_bytes >> 20, " MB before they are a WebP; take fewer frames or smaller ones"));
    const auto pixels = std::as_bytes(std::span(frame.pixels));
    bytes_.insert(bytes_.end(), pixels.begin(), pixels.end());
    ++count_;
    return {};
  }

  Result<std::vector<std::byte>> finish() override {
    constexpr std::size_t place_of_count = 8;
    put32(place_of_count, count_);
    return std::move(bytes_);
  }

 private:
  void put32(std::size_t place, int number) {
    bytes_.resize(std::max(bytes_.size(), place + 4));
    for (std::size_t i = 0; i < 4; ++i)
      bytes_[place + i] = static_cast<std::byte>(number >> (8 * i) & 255);
  }

  std::vector<std::byte> bytes_;
  int count_ = 0;
};

} // namespace

std::unique_ptr<AnimationEncoder> make_webp_encoder(int width, int height, int milliseconds) {
  return std::make_unique<FramesForPage>(width, height, milliseconds);
}

} // namespace ganlet
