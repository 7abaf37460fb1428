#include <cstdint>

#include "core/text.h"
#include "image/animation_formats.h"

namespace ganlet {

// Stands in for webp.cpp in pages, where the browser has an encoder: the frames as they are, which
// web/studio/page_webp.js makes the file of. Width, height, count and milliseconds, 32 bits each from the lowest byte
// on, then the pixels of all.
Result<std::vector<std::byte>> encode_webp(std::span<const Image> frames, int milliseconds) {
  constexpr std::size_t most_bytes = std::size_t{256} << 20;
  const std::size_t each = frames[0].pixels.size();
  if (each > most_bytes / frames.size())
    return fail(
        ErrorCode::limit_exceeded, "frames",
        concat("take more than ", most_bytes >> 20, " MB before they are a WebP; take fewer frames or smaller ones"));
  std::vector<std::byte> bytes;
  bytes.reserve(16 + each * frames.size());
  for (const std::size_t number :
       {static_cast<std::size_t>(frames[0].width), static_cast<std::size_t>(frames[0].height), frames.size(),
        static_cast<std::size_t>(milliseconds)})
    for (int shift = 0; shift < 32; shift += 8)
      bytes.push_back(static_cast<std::byte>(number >> shift & 255));
  for (const Image& frame : frames) {
    const auto pixels = std::as_bytes(std::span(frame.pixels));
    bytes.insert(bytes.end(), pixels.begin(), pixels.end());
  }
  return bytes;
}

} // namespace ganlet
