#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/error.h"
#include "image/image.h"

namespace ganlet {

enum class AnimationFormat { apng, gif, webp };

/// By a file name's extension: .png or .apng, .gif, .webp, in any case; nothing for others.
std::optional<AnimationFormat> animation_format_of(const std::filesystem::path& path);

class AnimationEncoder;

/// Makes a file that shows frames of one size in turn, without end. Each frame is encoded when it is added and isn't
/// kept, so that an animation takes no more memory than its file:
///
///     GANLET_TRY(AnimationWriter writer, AnimationWriter::begin(AnimationFormat::gif, 40));
///     for (const Image& frame : frames)
///       GANLET_CHECK(writer.add(frame));
///     GANLET_TRY(const std::vector<std::byte> file, std::move(writer).finish());
///
/// APNG and WebP keep every pixel as it is; so does GIF where a frame has at most 256 colours, and else it takes the
/// 256 that suit the frame best, and dithers. GIF has no half transparency. In pages a WebP is only prepared, for the
/// browser to encode: there it takes all frames' pixels, at most 256 MB.
class AnimationWriter {
 public:
  /// Each frame is shown for `milliseconds`, 1 to 60,000 (GIF counts in hundredths of a second, 2 at the least).
  /// Errors: invalid_argument.
  static Result<AnimationWriter> begin(AnimationFormat format, int milliseconds);

  AnimationWriter(AnimationWriter&&) noexcept;
  AnimationWriter& operator=(AnimationWriter&&) noexcept;
  ~AnimationWriter();

  /// Errors: invalid_argument for an empty frame and one of another size than the first; limit_exceeded for sides above
  /// 16,383 pixels, and for animations that are too long or too large for their format; io where an encoder fails.
  Result<void> add(const Image& frame);
  int frames() const { return frames_; }
  int width() const { return width_; }
  int height() const { return height_; }

  /// The file. Errors: invalid_argument where no frame was added; io.
  Result<std::vector<std::byte>> finish() &&;

 private:
  AnimationWriter(AnimationFormat format, int milliseconds);

  AnimationFormat format_;
  int milliseconds_;
  int frames_ = 0, width_ = 0, height_ = 0;
  std::unique_ptr<AnimationEncoder> encoder_; ///< from the first frame on
};

/// All frames at once. Errors: those of `AnimationWriter`.
Result<std::vector<std::byte>> encode_animation(std::span<const Image> frames, int milliseconds,
                                                AnimationFormat format);

} // namespace ganlet
