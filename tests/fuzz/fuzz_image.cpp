// A PNG or JPEG file: a picture with all of its pixels, or an Error.

#include "fuzz.h"
#include "image/image_reader.h"

namespace ganlet::fuzz {

void try_bytes(std::span<const std::byte> bytes) {
  if (const auto image = decode_image(bytes, "picture"); succeeded(image))
    require(image->width > 0 && image->height > 0 &&
                std::ssize(image->pixels) == std::int64_t{4} * image->width * image->height,
            "a picture has all of its pixels");
}

} // namespace ganlet::fuzz
