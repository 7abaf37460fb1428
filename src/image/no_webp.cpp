#include "image/animation_formats.h"

namespace ganlet {

// Stands in for webp.cpp in pages.
bool has_webp() {
  return false;
}

Result<std::vector<std::byte>> encode_webp(std::span<const Image>, int) {
  return fail(ErrorCode::unsupported, "webp", "pages can't write animated WebP; GIF and APNG they can");
}

} // namespace ganlet
