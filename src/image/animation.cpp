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

Result<void> check_frames(std::span<const Image> frames) {
  constexpr int longest_side = 16383; // WebP's
  if (frames.empty() || frames[0].width < 1 || frames[0].height < 1)
    return fail(ErrorCode::invalid_argument, "frames", frames.empty() ? "there are none" : "are empty");
  if (!std::ranges::all_of(frames, [&](const Image& frame) {
        return frame.width == frames[0].width && frame.height == frames[0].height;
      }))
    return fail(ErrorCode::invalid_argument, "frames", "must all be of one size");
  if (std::max(frames[0].width, frames[0].height) > longest_side)
    return fail(ErrorCode::limit_exceeded, "frames",
                concat("are ", frames[0].width, " x ", frames[0].height, "; at most ", longest_side,
                       " pixels a side are allowed"));
  return {};
}

} // namespace

Result<std::vector<std::byte>> encode_animation(std::span<const Image> frames, int milliseconds,
                                                AnimationFormat format) {
  GANLET_CHECK(check_frames(frames));
  if (milliseconds < 1 || milliseconds > 60000)
    return fail(ErrorCode::invalid_argument, "milliseconds", concat("must be 1 to 60000, is ", milliseconds));
  switch (format) {
  case AnimationFormat::apng:
    return encode_apng(frames, milliseconds);
  case AnimationFormat::gif:
    return encode_gif(frames, milliseconds);
  case AnimationFormat::webp:
    return encode_webp(frames, milliseconds);
  }
  return fail(ErrorCode::invalid_argument, "format", "isn't known");
}

Result<std::vector<std::byte>> encode_still(const Image& image) {
  const std::span one(&image, 1);
  GANLET_CHECK(check_frames(one));
  return encode_apng(one, 1000); // of one frame: a PNG like any other
}

} // namespace ganlet
