#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/error.h"
#include "image/image.h"
#include "image/png_writer.h"

namespace ganlet {

enum class AnimationFormat { apng, gif, webp };

/// The format for a file name's extension: .png or .apng, .gif, .webp, in any case; empty for others.
std::optional<AnimationFormat> animation_format_of(const std::filesystem::path& path);

class AnimationEncoder;

/// Writes a file that shows frames of one size in turn, looping forever. Each frame is encoded when it is added and
/// isn't kept, so that an animation takes no more memory than its file:
///
///     GANLET_TRY(AnimationWriter writer, AnimationWriter::begin(AnimationFormat::gif, 40));
///     for (const Image& frame : frames)
///       GANLET_CHECK(writer.add(frame));
///     GANLET_TRY(const std::vector<std::byte> file, std::move(writer).finish());
///
/// APNG and WebP are lossless. So is GIF for frames with at most 256 colours; other frames get the 256 colours that
/// suit them best, dithered. GIF has no partial transparency. In pages, a WebP is only prepared, for the browser to
/// encode: there it takes the memory of all frames' pixels, at most 256 MB.
class AnimationWriter {
 public:
  /// Each frame is shown for `milliseconds`, 1 to 60,000 (GIF counts in hundredths of a second, and shows at least 2).
  /// The texts become chunks of an APNG and a comment of a GIF; a WebP has none. Errors: invalid_argument.
  static Result<AnimationWriter> begin(AnimationFormat format, int milliseconds, PictureTexts texts = {});

  AnimationWriter(AnimationWriter&&) noexcept;
  AnimationWriter& operator=(AnimationWriter&&) noexcept;
  ~AnimationWriter();

  /// Errors: invalid_argument for an empty frame and for one of another size than the first; limit_exceeded for sides
  /// above 16,383 pixels, and for animations that are too long or too large for their format; io if an encoder fails.
  Result<void> add(const Image& frame);
  int frames() const { return frames_; }
  int width() const { return width_; }
  int height() const { return height_; }

  /// The file's bytes. Errors: invalid_argument if no frame was added; io.
  Result<std::vector<std::byte>> finish() &&;

 private:
  AnimationWriter(AnimationFormat format, int milliseconds, PictureTexts texts);

  AnimationFormat format_;
  int milliseconds_;
  PictureTexts texts_;
  int frames_ = 0, width_ = 0, height_ = 0;
  std::unique_ptr<AnimationEncoder> encoder_; ///< from the first frame on
};

/// Encodes all frames at once. Errors: those of `AnimationWriter`.
Result<std::vector<std::byte>> encode_animation(std::span<const Image> frames, int milliseconds,
                                                AnimationFormat format);

} // namespace ganlet
