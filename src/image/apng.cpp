#include <algorithm>
#include <cstring>

#include <zlib.h>

#include "image/animation_formats.h"

namespace ganlet {

namespace {

/// A PNG file under way: chunks of a length, a type, data and a checksum, numbers with the highest byte first.
class ChunkWriter {
 public:
  ChunkWriter() { put_text("\x89PNG\r\n\x1a\n"); }

  void begin(std::string_view type) {
    start_ = file_.size();
    put32(0);
    put_text(type);
  }
  void end() {
    const auto length = static_cast<std::uint32_t>(file_.size() - start_ - 8);
    for (int shift = 24, at = 0; shift >= 0; shift -= 8, ++at)
      file_[start_ + static_cast<std::size_t>(at)] = static_cast<std::byte>(length >> shift);
    put32(static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(file_.data()) + start_ + 4, length + 4)));
  }
  void put8(unsigned value) { file_.push_back(static_cast<std::byte>(value)); }
  void put16(std::uint32_t value) {
    put8(value >> 8);
    put8(value & 255);
  }
  void put32(std::uint32_t value) {
    put16(value >> 16);
    put16(value & 65535);
  }
  void put_text(std::string_view text) {
    for (const char c : text)
      put8(static_cast<unsigned char>(c));
  }
  void put(std::span<const std::byte> bytes) { file_.insert(file_.end(), bytes.begin(), bytes.end()); }
  std::vector<std::byte> take() && { return std::move(file_); }

 private:
  std::vector<std::byte> file_;
  std::size_t start_ = 0;
};

struct Layout {
  int channels; ///< 1 grey, 3 RGB, 4 RGBA; the same in all frames
  unsigned color_type;
};

Layout layout_of(std::span<const Image> frames) {
  Layout layout{1, 0};
  for (const Image& frame : frames)
    for (std::size_t at = 0; at < frame.pixels.size(); at += 4) {
      const std::uint8_t* pixel = &frame.pixels[at];
      if (pixel[3] != 255)
        return {4, 6};
      if (pixel[0] != pixel[1] || pixel[1] != pixel[2])
        layout = {3, 2};
    }
  return layout;
}

/// zlib's stream of the rows, each behind a filter number. "Up" (2) suits pictures of a few flat tones; the first row
/// has none above.
std::vector<std::byte> compressed(const Image& frame, int channels) {
  std::vector<std::uint8_t> rows;
  for (int y = 0; y < frame.height; ++y) {
    rows.push_back(y == 0 ? 0 : 2);
    for (int x = 0; x < frame.width; ++x)
      for (int c = 0; c < channels; ++c) {
        const std::uint8_t above = y == 0 ? 0 : frame.row(y - 1)[static_cast<std::size_t>(4 * x + c)];
        rows.push_back(static_cast<std::uint8_t>(frame.row(y)[static_cast<std::size_t>(4 * x + c)] - above));
      }
  }
  uLongf size = compressBound(static_cast<uLong>(rows.size()));
  std::vector<std::byte> out(size);
  compress2(reinterpret_cast<Bytef*>(out.data()), &size, rows.data(), static_cast<uLong>(rows.size()),
            Z_BEST_COMPRESSION);
  out.resize(size);
  return out;
}

} // namespace

Result<std::vector<std::byte>> encode_apng(std::span<const Image> frames, int milliseconds) {
  const Layout layout = layout_of(frames);
  const auto width = static_cast<std::uint32_t>(frames[0].width), height = static_cast<std::uint32_t>(frames[0].height);
  ChunkWriter file;
  file.begin("IHDR");
  file.put32(width);
  file.put32(height);
  file.put8(8);
  file.put8(layout.color_type);
  file.put_text(std::string_view("\0\0\0", 3)); // compression, filter, interlace
  file.end();
  file.begin("acTL");
  file.put32(static_cast<std::uint32_t>(frames.size()));
  file.put32(0); // plays for ever
  file.end();
  std::uint32_t sequence = 0;
  for (const Image& frame : frames) {
    file.begin("fcTL");
    file.put32(sequence++);
    file.put32(width);
    file.put32(height);
    file.put32(0);
    file.put32(0);
    file.put16(static_cast<std::uint32_t>(milliseconds));
    file.put16(1000);
    file.put8(0); // stays as it is,
    file.put8(0); // and is replaced
    file.end();
    const bool first = sequence == 1;
    file.begin(first ? "IDAT" : "fdAT");
    if (!first)
      file.put32(sequence++);
    file.put(compressed(frame, layout.channels));
    file.end();
  }
  file.begin("IEND");
  file.end();
  return std::move(file).take();
}

} // namespace ganlet
