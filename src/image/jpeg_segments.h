#pragma once

#include <cstddef>
#include <span>

namespace ganlet {

/// What a JPEG file contains besides its pixels (ITU-T T.81, annex B).
struct JpegSegments {
  std::span<const std::byte> exif; ///< the first Exif block, in the form that exif.h takes; a part of the file
  bool is_adobes = false;          ///< has Adobe's segment: CMYK is stored inverted
  bool is_arithmetic = false;      ///< uses a coding in which one bit may stand for many blocks
  int scans = 0;                   ///< passes over the picture
};

/// Walks through a file to its end or its first damage.
JpegSegments jpeg_segments(std::span<const std::byte> file);

} // namespace ganlet
