#include "studio/picture_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include <zlib.h>

#include "core/text.h"
#include "image/animation.h"
#include "image/png_writer.h"

namespace ganlet::studio {

namespace {

std::uint8_t luma(const std::uint8_t* pixel) {
  return static_cast<std::uint8_t>((299 * pixel[0] + 587 * pixel[1] + 114 * pixel[2] + 500) / 1000);
}

constexpr std::array<int, 3> ink{26, 31, 56}, paper{250, 246, 237};

struct Encoding {
  FileKind kind;
  std::string_view extension;
  AnimationFormat format;
};

constexpr Encoding encodings[] = {{FileKind::png_sequence, "zip", AnimationFormat::apng},
                                  {FileKind::apng, "png", AnimationFormat::apng},
                                  {FileKind::gif, "gif", AnimationFormat::gif},
                                  {FileKind::webp, "webp", AnimationFormat::webp}};

const Encoding& encoding_of(FileKind kind) {
  return *std::ranges::find(encodings, kind, &Encoding::kind);
}

class ZipWriter {
 public:
  void add(const PictureFile& file) {
    const auto offset = static_cast<std::uint32_t>(bytes_.size());
    const auto crc = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(file.bytes.data()), static_cast<uInt>(file.bytes.size())));
    put(bytes_, 0x04034B50, 4);
    put_description(bytes_, file, crc);
    put_text(bytes_, file.name);
    bytes_.insert(bytes_.end(), file.bytes.begin(), file.bytes.end());
    put(directory_, 0x02014B50, 4);
    put(directory_, 10, 2); // made by version 1.0
    put_description(directory_, file, crc);
    put(directory_, 0, 2 + 2 + 2 + 4); // comment, disk, attributes
    put(directory_, offset, 4);
    put_text(directory_, file.name);
    ++files_;
  }
  std::vector<std::byte> take() && {
    const std::size_t start = bytes_.size();
    bytes_.insert(bytes_.end(), directory_.begin(), directory_.end());
    put(bytes_, 0x06054B50, 4);
    put(bytes_, 0, 4); // disks
    put(bytes_, files_, 2);
    put(bytes_, files_, 2);
    put(bytes_, directory_.size(), 4);
    put(bytes_, start, 4);
    put(bytes_, 0, 2); // comment
    return std::move(bytes_);
  }

 private:
  static void put(std::vector<std::byte>& to, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
      to.push_back(static_cast<std::byte>(i < 8 ? value >> (8 * i) : 0));
  }
  static void put_text(std::vector<std::byte>& to, std::string_view text) {
    for (const char c : text)
      to.push_back(static_cast<std::byte>(c));
  }
  /// What local headers and the directory have in common.
  static void put_description(std::vector<std::byte>& to, const PictureFile& file, std::uint32_t crc) {
    constexpr std::uint64_t first_of_1980 = 0x00210000; // the earliest date that the format can say
    put(to, 10, 2);                                     // needs version 1.0
    put(to, 0, 4);                                      // flags, stored
    put(to, first_of_1980, 4);
    put(to, crc, 4);
    put(to, file.bytes.size(), 4);
    put(to, file.bytes.size(), 4);
    put(to, file.name.size(), 2);
    put(to, 0, 2); // extra field
  }

  std::vector<std::byte> bytes_, directory_;
  std::size_t files_ = 0;
};

} // namespace

Image with_colors(Image image, ColorMap colors) {
  if (colors == ColorMap::plain)
    return image;
  for (std::size_t at = 0; at < image.pixels.size(); at += 4) {
    std::uint8_t* pixel = &image.pixels[at];
    const int grey = luma(pixel);
    for (std::size_t c = 0; c < 3; ++c) {
      if (colors == ColorMap::grey)
        pixel[c] = static_cast<std::uint8_t>(grey);
      else if (colors == ColorMap::inverted)
        pixel[c] = static_cast<std::uint8_t>(255 - pixel[c]);
      else
        pixel[c] = static_cast<std::uint8_t>((ink[c] * grey + paper[c] * (255 - grey) + 127) / 255);
    }
  }
  return image;
}

Difference difference_of(const Image& a, const Image& b) {
  constexpr int strength = 8;
  Difference out{a, 0, 0};
  double squares = 0;
  for (std::size_t at = 0; at < a.pixels.size(); at += 4) {
    int most = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const int by = std::abs(int{a.pixels[at + c]} - int{b.pixels[at + c]});
      squares += by * by;
      most = std::max(most, by);
    }
    out.largest = std::max(out.largest, most);
    out.picture.pixels[at] = out.picture.pixels[at + 1] = out.picture.pixels[at + 2] =
        static_cast<std::uint8_t>(std::min(strength * most, 255));
  }
  const double mean = squares / std::max(0.75 * static_cast<double>(a.pixels.size()), 1.0);
  if (mean > 0)
    out.decibels = 10 * std::log10(255 * 255 / mean);
  return out;
}

Result<PictureFile> animation_file(const std::vector<Image>& frames, FileKind kind, int milliseconds) {
  const Encoding& encoding = encoding_of(kind);
  PictureFile file{concat("animation.", encoding.extension), {}};
  if (kind != FileKind::png_sequence) {
    GANLET_TRY(file.bytes, encode_animation(frames, milliseconds, encoding.format));
    return file;
  }
  std::vector<PictureFile> files;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    std::string number = std::to_string(i);
    number.insert(0, 4 - std::min<std::size_t>(number.size(), 4), '0');
    GANLET_TRY(std::vector<std::byte> bytes, encode_png(frames[i]));
    files.push_back({concat("frame-", number, ".png"), std::move(bytes)});
  }
  file.bytes = to_zip(files);
  return file;
}

std::vector<std::byte> to_zip(const std::vector<PictureFile>& files) {
  ZipWriter zip;
  for (const PictureFile& file : files)
    zip.add(file);
  return std::move(zip).take();
}

} // namespace ganlet::studio
