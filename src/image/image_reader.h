#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/error.h"
#include "image/image.h"

namespace ganlet {

/// The pixels of a PNG or JPEG file, told apart by their first bytes. Errors: corrupt, with `place`; limit_exceeded for
/// more than 2^26 pixels.
Result<Image> decode_image(std::span<const std::byte> bytes, const std::string& place);

} // namespace ganlet
