#include <memory>

#include <webp/encode.h>
#include <webp/mux.h>

#include "core/text.h"
#include "image/animation_formats.h"

namespace ganlet {

Result<std::vector<std::byte>> encode_webp(std::span<const Image> frames, int milliseconds) {
  WebPAnimEncoderOptions options;
  WebPConfig config;
  if (!WebPAnimEncoderOptionsInit(&options) || !WebPConfigInit(&config))
    return fail(ErrorCode::unsupported, "frames", "WebP: the library is of another version");
  config.lossless = 1;
  config.exact = 1;
  const int width = frames[0].width, height = frames[0].height;
  const std::unique_ptr<WebPAnimEncoder, decltype(&WebPAnimEncoderDelete)> encoder(
      WebPAnimEncoderNew(width, height, &options), WebPAnimEncoderDelete);
  const auto failed = [&] {
    return fail(ErrorCode::io, "frames", concat("WebP: ", WebPAnimEncoderGetError(encoder.get())));
  };
  int time = 0;
  for (const Image& frame : frames) {
    WebPPicture picture;
    WebPPictureInit(&picture);
    picture.use_argb = 1;
    picture.width = width;
    picture.height = height;
    const std::unique_ptr<WebPPicture, decltype(&WebPPictureFree)> owner(&picture, WebPPictureFree);
    if (!WebPPictureImportRGBA(&picture, frame.pixels.data(), 4 * width) ||
        !WebPAnimEncoderAdd(encoder.get(), &picture, time, &config))
      return failed();
    time += milliseconds;
  }
  WebPData data;
  WebPDataInit(&data);
  const std::unique_ptr<WebPData, decltype(&WebPDataClear)> owner(&data, WebPDataClear);
  if (!WebPAnimEncoderAdd(encoder.get(), nullptr, time, nullptr) || !WebPAnimEncoderAssemble(encoder.get(), &data))
    return failed();
  const auto* first = reinterpret_cast<const std::byte*>(data.bytes);
  return std::vector<std::byte>(first, first + data.size);
}

} // namespace ganlet
