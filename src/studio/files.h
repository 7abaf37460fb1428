#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "image/animation.h"
#include "image/image.h"
#include "image/png_writer.h"
#include "studio/state.h"

/// Files that people save and open: pictures, animations and latents.
namespace ganlet::studio {

/// Applies the colour map that the screen's shader shows, for files. Ink on paper stays transparent where the picture
/// is.
Image with_colors(Image image, ColorMap colors);

/// How two pictures of one size differ.
struct Difference {
  Image picture;       ///< grey: eight times the largest difference of each pixel's channels
  int largest = 0;     ///< in steps of 1/255
  double decibels = 0; ///< peak signal-to-noise ratio; 0 if they are equal
};
Difference difference_of(const Image& a, const Image& b);

enum class FileKind : std::uint8_t { png_sequence, apng, gif, webp };
struct PictureFile {
  std::string name;
  std::vector<std::byte> bytes;
};

/// Writes a .zip with uncompressed files (PKWARE APPNOTE 6.3.10, 4.3).
class ZipWriter {
 public:
  /// Errors: limit_exceeded for more files or bytes than the format can count.
  Result<void> add(const PictureFile& file);
  std::vector<std::byte> take() &&;

 private:
  std::vector<std::byte> bytes_, directory_;
  std::size_t files_ = 0;
};

/// Writes an animation to a file: each frame is encoded when it is added, and isn't kept.
class FilmWriter {
 public:
  /// Frames are shown for `milliseconds` each; the file, or each still, has the texts. Errors: those of
  /// AnimationWriter.
  static Result<FilmWriter> begin(FileKind kind, int milliseconds, const PictureTexts& texts = {});
  Result<void> add(const Image& frame);
  Result<PictureFile> finish() &&;
  /// The number of frames added so far.
  int frames() const { return frames_; }

 private:
  FilmWriter() = default;

  std::string name_;
  PictureTexts texts_;
  std::optional<AnimationWriter> animation_; ///< if empty, a .zip of stills
  ZipWriter zip_;
  int frames_ = 0;
};

/// Latents: .npy of shape (1, Z), or JSON, [0.5, -1.25, ...].
enum class LatentFormat { npy, json };

std::vector<std::byte> write_latent(std::span<const float> latent, LatentFormat format);

/// Reads either format, distinguished by its first bytes; JSON may also be a list that contains one such list. Errors,
/// at `place`: corrupt; invalid_argument if there aren't `size` numbers.
Result<std::vector<float>> read_latent(std::span<const std::byte> bytes, std::int64_t size, const std::string& place);

} // namespace ganlet::studio
