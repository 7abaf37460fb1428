#include "studio/files.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <zlib.h>

#include "core/json.h"
#include "core/text.h"
#include "image/area_average.h"
#include "image/npy.h"
#include "platform/display.h"

namespace ganlet::studio {

namespace {

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

void put(std::vector<std::byte>& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    to.push_back(static_cast<std::byte>(i < 8 ? value >> (8 * i) : 0));
}

void put_text(std::vector<std::byte>& to, std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  to.insert(to.end(), bytes.begin(), bytes.end());
}

/// The fields that local headers and the directory of a .zip share.
void put_description(std::vector<std::byte>& to, const PictureFile& file, std::uint32_t crc) {
  constexpr std::uint64_t first_of_1980 = 0x00210000; // the format's earliest date
  put(to, 10, 2);                                     // needs version 1.0
  put(to, 0, 4);                                      // flags, stored
  put(to, first_of_1980, 4);
  put(to, crc, 4);
  put(to, file.bytes.size(), 4);
  put(to, file.bytes.size(), 4);
  put(to, file.name.size(), 2);
  put(to, 0, 2); // extra field
}

Result<std::vector<float>> read_json(std::span<const std::byte> bytes, const std::string& place) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  GANLET_TRY(const Json document, parse_json(text, place));
  const bool is_nested = document.elements.size() == 1 && document.elements[0].kind == Json::Kind::list;
  const Json& list = is_nested ? document.elements[0] : document;
  GANLET_TRY(const std::vector<JsonValue> elements, JsonValue(list, place).elements());
  std::vector<float> latent;
  for (const JsonValue& element : elements) {
    GANLET_TRY(const double number, element.number());
    latent.push_back(static_cast<float>(number));
  }
  return latent;
}

Result<std::vector<float>> read_array(std::span<const std::byte> bytes, const std::string& place) {
  GANLET_TRY(const Tensor tensor, read_npy(bytes, Limits{}, place));
  if (tensor.type() != DataType::float32)
    return fail(ErrorCode::invalid_argument, place, "must hold float32 numbers");
  const auto values = tensor.as<float>();
  return std::vector<float>(values.begin(), values.end());
}

} // namespace

Image with_colors(Image image, ColorMap colors) {
  if (colors == ColorMap::plain)
    return image;
  for (std::size_t at = 0; at < image.pixels.size(); at += 4) {
    std::uint8_t* pixel = &image.pixels[at];
    const int grey = static_cast<int>(std::lround(luma(pixel[0], pixel[1], pixel[2])));
    for (std::size_t c = 0; c < 3; ++c) {
      if (colors == ColorMap::grey)
        pixel[c] = static_cast<std::uint8_t>(grey);
      else if (colors == ColorMap::inverted)
        pixel[c] = static_cast<std::uint8_t>(255 - pixel[c]);
      else
        pixel[c] = static_cast<std::uint8_t>((platform::ink[c] * grey + platform::paper[c] * (255 - grey) + 127) / 255);
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

Result<void> ZipWriter::add(const PictureFile& file) {
  constexpr std::size_t most_files = std::numeric_limits<std::uint16_t>::max();
  constexpr std::uint64_t most_bytes = std::numeric_limits<std::uint32_t>::max();
  const std::uint64_t after = std::uint64_t{bytes_.size()} + directory_.size() + file.bytes.size() + 1024;
  if (files_ == most_files || after > most_bytes)
    return fail(ErrorCode::limit_exceeded, file.name, "a .zip holds at most 65535 files and 4294967295 bytes");
  const std::uint64_t offset = bytes_.size();
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
  return {};
}

std::vector<std::byte> ZipWriter::take() && {
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

Result<FilmWriter> FilmWriter::begin(FileKind kind, int milliseconds, const PictureTexts& texts) {
  const Encoding& encoding = encoding_of(kind);
  FilmWriter film;
  film.name_ = concat("animation.", encoding.extension);
  if (kind != FileKind::png_sequence) {
    GANLET_TRY(film.animation_, AnimationWriter::begin(encoding.format, milliseconds, texts));
  }
  film.texts_ = texts;
  return film;
}

Result<void> FilmWriter::add(const Image& frame) {
  std::string number = std::to_string(frames_++);
  if (animation_)
    return animation_->add(frame);
  number.insert(0, 4 - std::min<std::size_t>(number.size(), 4), '0');
  GANLET_TRY(std::vector<std::byte> bytes, encode_png(frame, texts_));
  return zip_.add({concat("frame-", number, ".png"), std::move(bytes)});
}

Result<PictureFile> FilmWriter::finish() && {
  PictureFile file{name_, {}};
  if (animation_) {
    GANLET_TRY(file.bytes, std::move(*animation_).finish());
  } else {
    file.bytes = std::move(zip_).take();
  }
  return file;
}

std::vector<std::byte> write_latent(std::span<const float> latent, LatentFormat format) {
  if (format == LatentFormat::npy) {
    const Shape shape{1, static_cast<std::int64_t>(latent.size())};
    return write_npy({DataType::float32, shape, const_cast<float*>(latent.data()), {}});
  }
  std::string text = "[";
  for (const float number : latent)
    text += concat(text.size() > 1 ? ", " : "", double{number});
  text += "]\n";
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Result<std::vector<float>> read_latent(std::span<const std::byte> bytes, std::int64_t size, const std::string& place) {
  const bool is_array = !bytes.empty() && bytes[0] == std::byte{0x93}; // the first byte of .npy files
  GANLET_TRY(std::vector<float> latent, is_array ? read_array(bytes, place) : read_json(bytes, place));
  if (static_cast<std::int64_t>(latent.size()) != size)
    return fail(ErrorCode::invalid_argument, place,
                concat("isn't a latent of this model: it must hold ", size, " numbers, has ", latent.size()));
  return latent;
}

} // namespace ganlet::studio
