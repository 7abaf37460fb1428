#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/error.h"
#include "image/image.h"

namespace ganlet {

/// The pixels of a PNG or JPEG file, told apart by their first bytes, upright as Exif says, and in RGB where a JPEG has
/// CMYK. Errors: corrupt, with `place`, also for a file too short for the pixels that its header promises;
/// limit_exceeded for more than 2^26 pixels, 500 scans of a JPEG, or 16 MB in a chunk beside a PNG's pixels.
Result<Image> decode_image(std::span<const std::byte> bytes, const std::string& place);

} // namespace ganlet
