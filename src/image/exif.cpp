#include "image/exif.h"

#include <cstdint>
#include <cstring>

namespace ganlet {

namespace {

/// Reads numbers in a TIFF file's byte order. Numbers past the end are 0.
class TiffReader {
 public:
  explicit TiffReader(std::span<const std::byte> bytes) : bytes_(bytes) {
    if (bytes.size() >= 4)
      is_little_ = std::memcmp(bytes.data(), "II*\0", 4) == 0;
    is_tiff_ = is_little_ || (bytes.size() >= 4 && std::memcmp(bytes.data(), "MM\0*", 4) == 0);
  }
  bool is_tiff() const { return is_tiff_; }
  std::uint32_t number(std::size_t at, std::size_t size) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t place = is_little_ ? at + size - 1 - i : at + i;
      value = value << 8U | (place < bytes_.size() ? std::to_integer<std::uint32_t>(bytes_[place]) : 0);
    }
    return value;
  }

 private:
  std::span<const std::byte> bytes_;
  bool is_little_ = false;
  bool is_tiff_ = false;
};

} // namespace

int exif_orientation(std::span<const std::byte> block) {
  const TiffReader tiff(block);
  if (!tiff.is_tiff())
    return 1;
  constexpr std::uint32_t orientation = 0x0112, type_short = 3;
  constexpr std::size_t entry_size = 12;
  const std::size_t directory = tiff.number(4, 4), entries = tiff.number(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * entry_size;
    if (tiff.number(entry, 2) != orientation || tiff.number(entry + 2, 2) != type_short)
      continue;
    const std::uint32_t value = tiff.number(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

Image upright(Image image, int orientation) {
  if (orientation <= 1)
    return image;
  const bool swaps_axes = orientation >= 5;
  // Whether the source's columns and rows are counted from the right and the bottom.
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image turned{swaps_axes ? image.height : image.width, swaps_axes ? image.width : image.height, {}};
  turned.pixels.reserve(image.pixels.size());
  for (int y = 0; y < turned.height; ++y)
    for (int x = 0; x < turned.width; ++x) {
      const int column = swaps_axes ? y : x, row = swaps_axes ? x : y;
      const std::uint8_t* const pixel =
          &image.row(from_bottom ? image.height - 1 - row
                                 : row)[4 * static_cast<std::size_t>(from_right ? image.width - 1 - column : column)];
      turned.pixels.insert(turned.pixels.end(), pixel, pixel + 4);
    }
  return turned;
}

} // namespace ganlet
