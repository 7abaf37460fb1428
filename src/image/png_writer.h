#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "image/image.h"

namespace ganlet {

/// What a picture file says of itself: keywords of 1 to 79 bytes of Latin-1, each with a text in UTF-8.
using PictureTexts = std::vector<std::pair<std::string, std::string>>;

/// A PNG file: 8-bit grey if every pixel is grey and opaque, else RGB if every pixel is opaque, else RGBA. Texts become
/// iTXt chunks (PNG third edition, section 11.3.3.4). Errors: invalid_argument for an empty image, limit_exceeded above
/// 2^28 pixels.
Result<std::vector<std::byte>> encode_png(const Image& image, const PictureTexts& texts = {});

/// How many channels a PNG of the picture needs: 1 (grey), 3 (RGB) or 4 (RGBA).
int channels_needed(const Image& image);

/// The rows of a picture with `channels`, at least `channels_needed`, filtered and compressed (PNG third edition,
/// sections 9 and 10).
std::vector<std::byte> png_data(const Image& image, int channels);

/// Converts the `png_data` of a picture with `from` channels to what it would be with `to`, which is more.
std::vector<std::byte> widened_png_data(std::span<const std::byte> data, int width, int height, int from, int to);

/// A PNG file being written: chunks of a length, a type, data and a checksum; numbers are big-endian.
class PngFile {
 public:
  /// Writes the signature and the header.
  PngFile(int width, int height, int channels);

  void begin(std::string_view type);
  void end();
  void put8(unsigned value) { file_.push_back(static_cast<std::byte>(value)); }
  void put16(std::uint32_t value);
  void put32(std::uint32_t value);
  void put(std::span<const std::byte> bytes) { file_.insert(file_.end(), bytes.begin(), bytes.end()); }
  void put_text(std::string_view text);
  /// A chunk for each text.
  void put_texts(const PictureTexts& texts);
  /// Ends the file and returns it.
  std::vector<std::byte> take() &&;

 private:
  std::vector<std::byte> file_;
  std::size_t start_ = 0; ///< of the current chunk
};

} // namespace ganlet
