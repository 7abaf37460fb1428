#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "image/image.h"
#include "studio/state.h"

/// Pictures on their way to files.
namespace ganlet::studio {

/// The colours that the screen's shader shows, for files. Ink on paper keeps what is transparent.
Image with_colors(Image image, ColorMap colors);

/// How two pictures of one size differ.
struct Difference {
  Image picture;       ///< grey: eight times the largest difference of each pixel's channels
  int largest = 0;     ///< in steps of 1/255
  double decibels = 0; ///< peak signal to noise ratio; 0 where they are equal
};
Difference difference_of(const Image& a, const Image& b);

enum class FileKind : std::uint8_t { png_sequence, apng, gif, webp };
struct PictureFile {
  std::string name;
  std::vector<std::byte> bytes;
};

/// Frames that are each shown for some milliseconds. Errors: those of the encoder.
Result<PictureFile> animation_file(const std::vector<Image>& frames, FileKind kind, int milliseconds);

/// A .zip of files as they are, without compression (PKWARE APPNOTE 6.3.10, 4.3).
std::vector<std::byte> to_zip(const std::vector<PictureFile>& files);

} // namespace ganlet::studio
