#include "image/jpeg_segments.h"

#include <string_view>

#include "core/text.h"

namespace ganlet {

namespace {

unsigned at(std::span<const std::byte> bytes, std::size_t place) {
  return std::to_integer<unsigned>(bytes[place]);
}

constexpr unsigned restart_first = 0xD0, start_of_image = 0xD8, end_of_image = 0xD9, start_of_scan = 0xDA, app1 = 0xE1,
                   app14 = 0xEE, arithmetic_first = 0xC9, arithmetic_last = 0xCF, arithmetic_tables = 0xCC,
                   temporary = 0x01;

bool stands_alone(unsigned marker) {
  return marker == temporary || (marker >= restart_first && marker <= start_of_image);
}

/// The position of the next marker after `place`. In coded data, a byte of 255 that isn't a marker is followed by a 0.
std::size_t next_marker(std::span<const std::byte> file, std::size_t place) {
  while (place + 1 < file.size() &&
         !(at(file, place) == 0xFF && at(file, place + 1) != 0 && at(file, place + 1) != 0xFF))
    ++place;
  return place;
}

void note(unsigned marker, std::span<const std::byte> content, JpegSegments& found) {
  constexpr std::string_view exif("Exif\0\0", 6);
  if (marker == app1 && found.exif.empty() && begins_with(content, exif))
    found.exif = content.subspan(exif.size());
  found.is_adobes |= marker == app14 && begins_with(content, "Adobe");
  found.is_arithmetic |= marker >= arithmetic_first && marker <= arithmetic_last && marker != arithmetic_tables;
  found.scans += marker == start_of_scan;
}

} // namespace

JpegSegments jpeg_segments(std::span<const std::byte> file) {
  JpegSegments found;
  std::size_t place = next_marker(file, 0);
  while (place + 1 < file.size() && at(file, place + 1) != end_of_image) {
    const unsigned marker = at(file, place + 1);
    place += 2;
    if (!stands_alone(marker)) {
      if (place + 2 > file.size())
        break;
      const std::size_t length = at(file, place) << 8U | at(file, place + 1);
      if (length < 2 || length > file.size() - place)
        break;
      note(marker, file.subspan(place + 2, length - 2), found);
      place += length;
    }
    place = next_marker(file, place);
  }
  return found;
}

} // namespace ganlet
