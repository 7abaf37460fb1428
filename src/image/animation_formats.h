#pragma once

#include "image/animation.h"

/// One function a file format; frames and times have been checked.
namespace ganlet {

/// Animated PNG (PNG third edition, section 11.3.5).
Result<std::vector<std::byte>> encode_apng(std::span<const Image> frames, int milliseconds);
Result<std::vector<std::byte>> encode_gif(std::span<const Image> frames, int milliseconds);
Result<std::vector<std::byte>> encode_webp(std::span<const Image> frames, int milliseconds);

} // namespace ganlet
