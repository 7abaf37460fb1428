#include <cstdint>
#include <limits>
#include <memory>

#include <webp/encode.h>
#include <webp/mux.h>

#include "core/text.h"
#include "image/animation_formats.h"

namespace ganlet {

namespace {

class WebpEncoder : public AnimationEncoder {
 public:
  WebpEncoder(int width, int height, int milliseconds)
      : width_(width), height_(height), milliseconds_(milliseconds), encoder_(nullptr, WebPAnimEncoderDelete) {
    WebPAnimEncoderOptions options;
    if (!WebPAnimEncoderOptionsInit(&options) || !WebPConfigInit(&config_)) // the library has another version
      return;
    config_.lossless = 1;
    config_.exact = 1;
    encoder_.reset(WebPAnimEncoderNew(width, height, &options));
  }

  Result<void> add(const Image& frame) override {
    if (!encoder_)
      return fail(ErrorCode::io, "frames", "WebP: the library can't begin an animation");
    if (time_ > std::numeric_limits<int>::max() - milliseconds_)
      return fail(ErrorCode::limit_exceeded, "frames", "last longer than 2^31 milliseconds, more than WebP can say");
    WebPPicture picture;
    if (!WebPPictureInit(&picture))
      return failed();
    picture.use_argb = 1;
    picture.width = width_;
    picture.height = height_;
    const std::unique_ptr<WebPPicture, decltype(&WebPPictureFree)> owner(&picture, WebPPictureFree);
    if (!WebPPictureImportRGBA(&picture, frame.pixels.data(), 4 * width_) ||
        !WebPAnimEncoderAdd(encoder_.get(), &picture, static_cast<int>(time_), &config_))
      return failed();
    time_ += milliseconds_;
    return {};
  }

  Result<std::vector<std::byte>> finish() override {
    WebPData data;
    WebPDataInit(&data);
    const std::unique_ptr<WebPData, decltype(&WebPDataClear)> owner(&data, WebPDataClear);
    if (!WebPAnimEncoderAdd(encoder_.get(), nullptr, static_cast<int>(time_), nullptr) ||
        !WebPAnimEncoderAssemble(encoder_.get(), &data))
      return failed();
    const auto* first = reinterpret_cast<const std::byte*>(data.bytes);
    return std::vector<std::byte>(first, first + data.size);
  }

 private:
  tl::unexpected<Error> failed() const {
    return fail(ErrorCode::io, "frames", concat("WebP: ", WebPAnimEncoderGetError(encoder_.get())));
  }

  int width_, height_, milliseconds_;
  std::int64_t time_ = 0; ///< milliseconds before the next frame
  WebPConfig config_{};
  std::unique_ptr<WebPAnimEncoder, decltype(&WebPAnimEncoderDelete)> encoder_;
};

} // namespace

std::unique_ptr<AnimationEncoder> make_webp_encoder(int width, int height, int milliseconds) {
  return std::make_unique<WebpEncoder>(width, height, milliseconds);
}

} // namespace ganlet
