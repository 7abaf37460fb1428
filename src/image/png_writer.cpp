#include "image/png_writer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>
#include <limits>

#include <zlib.h>

#include "core/text.h"

namespace ganlet {

namespace {

constexpr int filters = 5; // none, sub, up, average, Paeth

/// PNG third edition, section 9.2: `left`, `above` and `corner` are 0 outside of the picture.
std::uint8_t filtered(int filter, int value, int left, int above, int corner) {
  int guess = 0;
  if (filter == 1)
    guess = left;
  else if (filter == 2)
    guess = above;
  else if (filter == 3)
    guess = (left + above) / 2;
  else if (filter == 4) {
    const int to_left = std::abs(above - corner), to_above = std::abs(left - corner),
              to_corner = std::abs(left + above - 2 * corner);
    guess = to_left <= to_above && to_left <= to_corner ? left : to_above <= to_corner ? above : corner;
  }
  return static_cast<std::uint8_t>(value - guess);
}

/// zlib's stream, fed piece by piece.
class Deflate {
 public:
  Deflate() { deflateInit(&stream_, Z_DEFAULT_COMPRESSION); }
  Deflate(const Deflate&) = delete;
  Deflate& operator=(const Deflate&) = delete;
  ~Deflate() { deflateEnd(&stream_); }

  void add(std::span<const std::uint8_t> bytes) { feed(bytes, Z_NO_FLUSH); }
  std::vector<std::byte> take() && {
    feed({}, Z_FINISH);
    return std::move(out_);
  }

 private:
  void feed(std::span<const std::uint8_t> bytes, int flush) {
    std::array<Bytef, 1 << 14> buffer;
    stream_.next_in = const_cast<Bytef*>(bytes.data());
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = buffer.data();
      stream_.avail_out = static_cast<uInt>(buffer.size());
      deflate(&stream_, flush);
      const auto made = std::as_bytes(std::span(buffer).first(buffer.size() - stream_.avail_out));
      out_.insert(out_.end(), made.begin(), made.end());
    } while (stream_.avail_out == 0);
  }

  z_stream stream_{};
  std::vector<std::byte> out_;
};

/// The row, preceded by the number of its filter: the filter whose bytes have the smallest sum of absolute values
/// (section 12.7).
std::vector<std::uint8_t> best_filtered(std::span<const std::uint8_t> row, std::span<const std::uint8_t> above,
                                        std::size_t channels) {
  std::vector<std::uint8_t> best, tried(row.size() + 1);
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (int filter = 0; filter < filters; ++filter) {
    std::int64_t distance = 0;
    tried[0] = static_cast<std::uint8_t>(filter);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool is_first = i < channels;
      tried[1 + i] =
          filtered(filter, row[i], is_first ? 0 : row[i - channels], above[i], is_first ? 0 : above[i - channels]);
      distance += std::abs(static_cast<std::int8_t>(tried[1 + i]));
    }
    if (distance < least) {
      least = distance;
      best = tried;
    }
  }
  return best;
}

std::vector<std::uint8_t> inflated(std::span<const std::byte> data, std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  auto count = static_cast<uLongf>(size);
  [[maybe_unused]] const int status =
      uncompress(bytes.data(), &count, reinterpret_cast<const Bytef*>(data.data()), static_cast<uLong>(data.size()));
  assert(status == Z_OK && count == size);
  return bytes;
}

} // namespace

int channels_needed(const Image& image) {
  int needed = 1;
  for (std::size_t at = 0; at < image.pixels.size(); at += 4) {
    const std::uint8_t* pixel = image.pixels.data() + at;
    if (pixel[3] != 255)
      return 4;
    if (pixel[0] != pixel[1] || pixel[1] != pixel[2])
      needed = 3;
  }
  return needed;
}

std::vector<std::byte> png_data(const Image& image, int channels) {
  const auto each = static_cast<std::size_t>(channels);
  std::vector<std::uint8_t> row(static_cast<std::size_t>(image.width) * each), above(row.size());
  Deflate out;
  for (int y = 0; y < image.height; ++y) {
    const std::span<const std::uint8_t> pixels = image.row(y);
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] = pixels[i / each * 4 + i % each];
    out.add(best_filtered(row, above, each));
    std::swap(row, above);
  }
  return std::move(out).take();
}

// A filter works on each channel separately. So red, green and blue each have the bytes of grey, and opacity has what
// the filter makes of 255.
std::vector<std::byte> widened_png_data(std::span<const std::byte> data, int width, int height, int from, int to) {
  const std::size_t stride = 1 + static_cast<std::size_t>(width) * static_cast<std::size_t>(from);
  const std::vector<std::uint8_t> bytes = inflated(data, stride * static_cast<std::size_t>(height));
  std::vector<std::uint8_t> wide;
  Deflate out;
  for (int y = 0; y < height; ++y) {
    const std::span<const std::uint8_t> row = std::span(bytes).subspan(static_cast<std::size_t>(y) * stride, stride);
    wide.assign(1, row[0]);
    for (int x = 0; x < width; ++x) {
      const std::uint8_t* const pixel = &row[1 + static_cast<std::size_t>(x * from)];
      for (int c = 0; c < 3; ++c)
        wide.push_back(pixel[from == 1 ? 0 : c]);
      if (to == 4)
        wide.push_back(filtered(row[0], 255, x > 0 ? 255 : 0, y > 0 ? 255 : 0, x > 0 && y > 0 ? 255 : 0));
    }
    out.add(wide);
  }
  return std::move(out).take();
}

PngFile::PngFile(int width, int height, int channels) {
  put_text("\x89PNG\r\n\x1a\n");
  begin("IHDR");
  put32(static_cast<std::uint32_t>(width));
  put32(static_cast<std::uint32_t>(height));
  put8(8);
  put8(channels == 1 ? 0 : channels == 3 ? 2 : 6); // colour type
  put_text(std::string_view("\0\0\0", 3));         // compression, filter, interlace
  end();
}

void PngFile::begin(std::string_view type) {
  start_ = file_.size();
  put32(0);
  put_text(type);
}

void PngFile::end() {
  const auto length = static_cast<std::uint32_t>(file_.size() - start_ - 8);
  for (int shift = 24, at = 0; shift >= 0; shift -= 8, ++at)
    file_[start_ + static_cast<std::size_t>(at)] = static_cast<std::byte>(length >> shift);
  put32(static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(file_.data()) + start_ + 4, length + 4)));
}

void PngFile::put16(std::uint32_t value) {
  put8(value >> 8);
  put8(value & 255);
}

void PngFile::put32(std::uint32_t value) {
  put16(value >> 16);
  put16(value & 65535);
}

void PngFile::put_text(std::string_view text) {
  put(std::as_bytes(std::span(text)));
}

std::vector<std::byte> PngFile::take() && {
  begin("IEND");
  end();
  return std::move(file_);
}

void PngFile::put_texts(const PictureTexts& texts) {
  for (const auto& [keyword, text] : texts) {
    begin("iTXt");
    put_text(keyword);
    put_text(std::string_view("\0\0\0\0\0", 5)); // end of the keyword, no compression, no language, no translation
    put_text(text);
    end();
  }
}

Result<std::vector<std::byte>> encode_png(const Image& image, const PictureTexts& texts) {
  if (image.width < 1 || image.height < 1)
    return fail(ErrorCode::invalid_argument, "image", "is empty");
  constexpr std::int64_t most_pixels = std::int64_t{1} << 28;
  if (image.width > most_pixels / image.height)
    return fail(ErrorCode::limit_exceeded, "image", concat("has more than ", most_pixels, " pixels"));
  const int channels = channels_needed(image);
  PngFile file(image.width, image.height, channels);
  file.put_texts(texts);
  file.begin("IDAT");
  file.put(png_data(image, channels));
  file.end();
  return std::move(file).take();
}

} // namespace ganlet
