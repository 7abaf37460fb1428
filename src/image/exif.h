#pragma once

#include <cstddef>
#include <span>

#include "image/image.h"

namespace ganlet {

/// How a picture has to be turned to stand upright, 1 to 8, as the Orientation tag of an Exif block says (Exif 3.0,
/// section 4.6.5; the block is a TIFF file). 1 means not at all, also where the block is damaged or has no such tag.
int exif_orientation(std::span<const std::byte> block);

/// A picture turned and mirrored as an orientation demands.
Image upright(Image image, int orientation);

} // namespace ganlet
