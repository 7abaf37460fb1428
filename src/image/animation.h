#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "core/error.h"
#include "image/image.h"

namespace ganlet {

enum class AnimationFormat { apng, gif, webp };

/// By a file name's extension: .png or .apng, .gif, .webp, in any case; nothing for others.
std::optional<AnimationFormat> animation_format_of(const std::filesystem::path& path);

/// A file that shows frames of one size in turn, without end, each for `milliseconds` (1 to 60,000; GIF counts in
/// hundredths of a second, 2 at the least). APNG and WebP keep every pixel as it is; so does GIF where the frames have
/// at most 256 colours together, as grey ones do, and it takes the nearest of 256 else. GIF has no half transparency.
/// In pages a WebP is only prepared, for the browser to encode.
/// Errors: invalid_argument for no frames, empty ones, or ones of different sizes; limit_exceeded for sides above
/// 16,383 pixels.
Result<std::vector<std::byte>> encode_animation(std::span<const Image> frames, int milliseconds,
                                                AnimationFormat format);

/// One picture as a PNG, without the encoders of the other formats. Errors: those of encode_animation for one frame.
Result<std::vector<std::byte>> encode_still(const Image& image);

} // namespace ganlet
