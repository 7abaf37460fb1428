#pragma once

#include <cstddef>
#include <span>

namespace ganlet {

/// What a JPEG file says besides its pixels (ITU-T T.81, annex B).
struct JpegSegments {
  std::span<const std::byte> exif; ///< the first Exif block, as exif.h takes it; lies within the file
  bool is_adobes = false;          ///< with Adobe's segment CMYK is stored inverted
  bool is_arithmetic = false;      ///< coded so that a bit may stand for many blocks
  int scans = 0;                   ///< passes over the picture
};

/// Walks through a file up to its end or its first damage.
JpegSegments jpeg_segments(std::span<const std::byte> file);

} // namespace ganlet
