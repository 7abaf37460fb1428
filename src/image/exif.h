#pragma once

#include <cstddef>
#include <span>

#include "image/image.h"

namespace ganlet {

/// How a picture must be turned to be upright, 1 to 8, according to the Orientation tag of an Exif block (Exif 3.0,
/// section 4.6.5; the block is a TIFF file). 1 means not at all, and is also the result if the block is damaged or has
/// no such tag.
int exif_orientation(std::span<const std::byte> block);

/// The picture, rotated and mirrored for an Exif orientation.
Image upright(Image image, int orientation);

} // namespace ganlet
