#include "image/animation.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "core/text.h"
#include "image/animation_formats.h"

namespace ganlet {

std::optional<AnimationFormat> animation_format_of(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
  if (extension == ".png" || extension == ".apng")
    return AnimationFormat::apng;
  if (extension == ".gif")
    return AnimationFormat::gif;
  if (extension == ".webp")
    return AnimationFormat::webp;
  return std::nullopt;
}

namespace {

std::unique_ptr<AnimationEncoder> make_encoder(AnimationFormat format, int width, int height, int milliseconds,
                                               const PictureTexts& texts) {
  switch (format) {
  case AnimationFormat::apng:
    return make_apng_encoder(width, height, milliseconds, texts);
  case AnimationFormat::gif:
    return make_gif_encoder(width, height, milliseconds, texts);
  case AnimationFormat::webp:
    return make_webp_encoder(width, height, milliseconds);
  }
  return nullptr;
}

} // namespace

AnimationWriter::AnimationWriter(AnimationFormat format, int milliseconds, PictureTexts texts)
    : format_(format), milliseconds_(milliseconds), texts_(std::move(texts)) {}
AnimationWriter::AnimationWriter(AnimationWriter&&) noexcept = default;
AnimationWriter& AnimationWriter::operator=(AnimationWriter&&) noexcept = default;
AnimationWriter::~AnimationWriter() = default;

Result<AnimationWriter> AnimationWriter::begin(AnimationFormat format, int milliseconds, PictureTexts texts) {
  if (milliseconds < 1 || milliseconds > 60000)
    return fail(ErrorCode::invalid_argument, "milliseconds", concat("must be 1 to 60000, is ", milliseconds));
  return AnimationWriter(format, milliseconds, std::move(texts));
}

Result<void> AnimationWriter::add(const Image& frame) {
  if (frame.width < 1 || frame.height < 1)
    return fail(ErrorCode::invalid_argument, "frames", "are empty");
  if (!encoder_) {
    constexpr int longest_side = 16383; // WebP's
    if (std::max(frame.width, frame.height) > longest_side)
      return fail(
          ErrorCode::limit_exceeded, "frames",
          concat("are ", frame.width, " x ", frame.height, "; at most ", longest_side, " pixels a side are allowed"));
    width_ = frame.width;
    height_ = frame.height;
    encoder_ = make_encoder(format_, width_, height_, milliseconds_, texts_);
  }
  if (frame.width != width_ || frame.height != height_)
    return fail(ErrorCode::invalid_argument, "frames", "must all be of one size");
  GANLET_CHECK(encoder_->add(frame));
  ++frames_;
  return {};
}

Result<std::vector<std::byte>> AnimationWriter::finish() && {
  if (frames_ == 0)
    return fail(ErrorCode::invalid_argument, "frames", "there are none");
  return encoder_->finish();
}

Result<std::vector<std::byte>> encode_animation(std::span<const Image> frames, int milliseconds,
                                                AnimationFormat format) {
  GANLET_TRY(AnimationWriter writer, AnimationWriter::begin(format, milliseconds));
  for (const Image& frame : frames)
    GANLET_CHECK(writer.add(frame));
  return std::move(writer).finish();
}

} // namespace ganlet
