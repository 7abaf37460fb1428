#pragma once

#include <memory>

#include "image/animation.h"

namespace ganlet {

/// Encodes frames in one file format. `AnimationWriter` has checked their sizes.
class AnimationEncoder {
 public:
  virtual ~AnimationEncoder() = default;
  virtual Result<void> add(const Image& frame) = 0;
  virtual Result<std::vector<std::byte>> finish() = 0;
};

std::unique_ptr<AnimationEncoder> make_apng_encoder(int width, int height, int milliseconds, PictureTexts texts);
std::unique_ptr<AnimationEncoder> make_gif_encoder(int width, int height, int milliseconds, const PictureTexts& texts);
std::unique_ptr<AnimationEncoder> make_webp_encoder(int width, int height, int milliseconds);

} // namespace ganlet
