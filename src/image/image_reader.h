#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/error.h"
#include "image/image.h"

namespace ganlet {

/// The pixels of a PNG or JPEG file, distinguished by their first bytes. The picture is turned upright according to
/// Exif, and CMYK is converted to RGB. Errors: corrupt, at `place`, also for a file too short for the pixels that its
/// header declares; limit_exceeded for more than 2^26 pixels, 500 scans of a JPEG, or 16 MB in one of a PNG's other
/// chunks.
Result<Image> decode_image(std::span<const std::byte> bytes, const std::string& place);

} // namespace ganlet
