#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "image/image.h"

namespace ganlet {

/// A PNG file: 8-bit grey where every pixel is grey and opaque, else RGB where every pixel is opaque, else RGBA.
/// Errors: invalid_argument for an empty image, limit_exceeded above 2^28 pixels.
Result<std::vector<std::byte>> encode_png(const Image& image);

/// How many of the picture's channels a PNG has to hold: 1 grey, 3 RGB, 4 RGBA.
int channels_needed(const Image& image);

/// The rows of a picture with `channels_needed` of its channels or more, filtered and compressed (PNG third edition,
/// sections 9 and 10).
std::vector<std::byte> png_data(const Image& image, int channels);

/// What `png_data` gave for a picture of `width` and fewer channels, `from`, as if it had been given `to`.
std::vector<std::byte> widened_png_data(std::span<const std::byte> data, int width, int height, int from, int to);

/// A PNG file that is being written: chunks of a length, a type, data and a checksum, numbers with the highest byte
/// first.
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
  /// Ends the file.
  std::vector<std::byte> take() &&;

 private:
  void put_text(std::string_view text);

  std::vector<std::byte> file_;
  std::size_t start_ = 0; ///< of the chunk
};

} // namespace ganlet
