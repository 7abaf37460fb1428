#include <algorithm>
#include <cstdint>

#include "image/animation_formats.h"
#include "image/png_writer.h"

namespace ganlet {

namespace {

/// Animated PNG (PNG third edition, section 11.3.5). All frames must have the channels that the header declares, so
/// frames that were added with fewer are widened at the end.
class ApngEncoder : public AnimationEncoder {
 public:
  ApngEncoder(int width, int height, int milliseconds, PictureTexts texts)
      : width_(width), height_(height), milliseconds_(milliseconds), texts_(std::move(texts)) {}

  Result<void> add(const Image& frame) override {
    const int channels = channels_needed(frame);
    frames_.push_back({channels, png_data(frame, channels)});
    return {};
  }

  Result<std::vector<std::byte>> finish() override {
    const int channels = std::ranges::max(frames_, {}, &Frame::channels).channels;
    PngFile file(width_, height_, channels);
    file.put_texts(texts_);
    file.begin("acTL");
    file.put32(static_cast<std::uint32_t>(frames_.size()));
    file.put32(0); // plays forever
    file.end();
    std::uint32_t sequence = 0;
    for (Frame& frame : frames_) {
      const std::vector<std::byte> data = std::move(frame.data);
      put_control(file, sequence++);
      const bool is_first = sequence == 1;
      file.begin(is_first ? "IDAT" : "fdAT");
      if (!is_first)
        file.put32(sequence++);
      file.put(frame.channels == channels ? data : widened_png_data(data, width_, height_, frame.channels, channels));
      file.end();
    }
    return std::move(file).take();
  }

 private:
  struct Frame {
    int channels;
    std::vector<std::byte> data;
  };

  void put_control(PngFile& file, std::uint32_t sequence) const {
    file.begin("fcTL");
    file.put32(sequence);
    file.put32(static_cast<std::uint32_t>(width_));
    file.put32(static_cast<std::uint32_t>(height_));
    file.put32(0); // left
    file.put32(0); // top
    file.put16(static_cast<std::uint32_t>(milliseconds_));
    file.put16(1000);
    file.put8(0); // the frame stays as it is,
    file.put8(0); // and the next one replaces it
    file.end();
  }

  int width_, height_, milliseconds_;
  PictureTexts texts_;
  std::vector<Frame> frames_;
};

} // namespace

std::unique_ptr<AnimationEncoder> make_apng_encoder(int width, int height, int milliseconds, PictureTexts texts) {
  return std::make_unique<ApngEncoder>(width, height, milliseconds, std::move(texts));
}

} // namespace ganlet
