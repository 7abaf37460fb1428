#include "image/image_reader.h"

#include <cstring>
#include <map>
#include <memory>

#include <gtest/gtest.h>
#include <spng.h>
#include <turbojpeg.h>
#include <zlib.h>

#include "image/exif.h"
#include "image/image_writer.h"
#include "image/png_writer.h"

namespace ganlet {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Bytes inserted(Bytes file, std::size_t place, const Bytes& more) {
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(place), more.begin(), more.end());
  return file;
}

std::string big(std::uint32_t value, int size) {
  std::string text;
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
    text += static_cast<char>(value >> shift & 255);
  return text;
}

std::string little(std::uint32_t value, int size) {
  const std::string text = big(value, size);
  return {text.rbegin(), text.rend()};
}

/// A TIFF file whose one directory has a width and an orientation.
std::string exif_block(int orientation, bool is_little) {
  const auto number = [&](std::uint32_t value, int size) { return is_little ? little(value, size) : big(value, size); };
  return (is_little ? "II" : "MM") + number(42, 2) + number(8, 4) + number(2, 2) + number(0x0100, 2) + number(4, 2) +
         number(1, 4) + number(32, 4) + number(0x0112, 2) + number(3, 2) + number(1, 4) +
         number(static_cast<std::uint32_t>(orientation), 2) + number(0, 2) + number(0, 4);
}

Bytes jpeg_segment(unsigned marker, const std::string& content) {
  return bytes_of("\xff" + std::string(1, static_cast<char>(marker)) +
                  big(static_cast<std::uint32_t>(content.size() + 2), 2) + content);
}

Bytes png_chunk(const std::string& type, const std::string& content) {
  const std::string all = type + content;
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(all.data()), static_cast<uInt>(all.size()));
  return bytes_of(big(static_cast<std::uint32_t>(content.size()), 4) + all + big(static_cast<std::uint32_t>(sum), 4));
}

constexpr std::size_t after_ihdr = 8 + 12 + 13;

Image decoded(const Bytes& file) {
  auto image = decode_image(file, "a");
  EXPECT_TRUE(image) << image.error().text();
  return image ? std::move(*image) : Image{};
}

Error error_of(const Bytes& file) {
  auto image = decode_image(file, "a");
  return image ? Error(ErrorCode::io, "", "no error") : std::move(image).error();
}

using Corner = std::pair<bool, bool>; ///< right, bottom

/// A picture of four flat quarters, with the greys 40 (top left), 100 (top right), 160 (bottom left), 220 where it is
/// seen, as `orientation` stores it: 48 pixels wide and 32 high where it is seen.
Image stored(int orientation) {
  // Exif 3.0, section 4.6.5: the sides at which the stored row 0 and column 0 are seen.
  const std::map<int, std::pair<std::string, std::string>> sides{
      {1, {"top", "left"}}, {2, {"top", "right"}}, {3, {"bottom", "right"}}, {4, {"bottom", "left"}},
      {5, {"left", "top"}}, {6, {"right", "top"}}, {7, {"right", "bottom"}}, {8, {"left", "bottom"}}};
  const auto& [row_0, column_0] = sides.at(orientation);
  const bool turned = orientation >= 5;
  Image image{turned ? 32 : 48, turned ? 48 : 32, {}};
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) {
      Corner seen{};
      for (const auto& [side, is_far] : {std::pair{row_0, y >= image.height / 2}, {column_0, x >= image.width / 2}}) {
        bool& place = side == "left" || side == "right" ? seen.first : seen.second;
        place = (side == "right" || side == "bottom") != is_far;
      }
      const auto grey = static_cast<std::uint8_t>(40 + 60 * seen.first + 120 * seen.second);
      image.pixels.insert(image.pixels.end(), {grey, grey, grey, 255});
    }
  return image;
}

void expect_upright(const Image& image, int orientation) {
  ASSERT_EQ(image.width, 48) << orientation;
  ASSERT_EQ(image.height, 32) << orientation;
  for (const int y : {2, 29})
    for (const int x : {2, 45})
      EXPECT_NEAR(image.row(y)[static_cast<std::size_t>(4 * x)], 40 + 60 * (x > 24) + 120 * (y > 16), 2)
          << orientation << " at " << x << "," << y;
}

TEST(DecodeImage, TurnsPicturesUprightAsExifSays) {
  for (int orientation = 1; orientation <= 8; ++orientation)
    for (const bool is_little : {false, true}) {
      const std::string block = exif_block(orientation, is_little);
      const Bytes jpeg = *encode_jpeg(stored(orientation)), png = *encode_png(stored(orientation));
      expect_upright(decoded(inserted(jpeg, 2, jpeg_segment(0xE1, std::string("Exif\0\0", 6) + block))), orientation);
      expect_upright(decoded(inserted(png, after_ihdr, png_chunk("eXIf", block))), orientation);
      expect_upright(decoded(inserted(png, png.size() - 12, png_chunk("eXIf", block))), orientation);
    }
}

TEST(DecodeImage, KeepsPicturesWithDamagedExifAsTheyAre) {
  const std::string good = exif_block(6, true);
  for (std::size_t size = 0; size < 8 + 2 + 12 + 9; ++size) // what ends before the orientation's value
    EXPECT_EQ(exif_orientation(bytes_of(good.substr(0, size))), 1) << size;
  EXPECT_EQ(exif_orientation(bytes_of(good)), 6);
  for (const int other : {0, 9, 300})
    EXPECT_EQ(exif_orientation(bytes_of(exif_block(other, false))), 1);
  EXPECT_EQ(exif_orientation(bytes_of("II*" + std::string(1, '\0') + "\xff\xff\xff\xff")), 1) << "far outside";
  const Bytes png = *encode_png(stored(1));
  expect_upright(decoded(inserted(png, after_ihdr, png_chunk("eXIf", "nonsense"))), 1);
}

/// A PNG of one row with `content` as its pixels; `more` are chunks before them.
Bytes png_row(std::uint32_t width, int bits, spng_color_type type, const std::string& content, const Bytes& more = {}) {
  const auto add = [](Bytes& file, const Bytes& bytes) { file.insert(file.end(), bytes.begin(), bytes.end()); };
  Bytes file = bytes_of("\x89PNG\r\n\x1a\n");
  const std::string kind = {static_cast<char>(bits), static_cast<char>(type)};
  add(file, png_chunk("IHDR", big(width, 4) + big(1, 4) + kind + std::string(3, '\0')));
  add(file, more);
  const std::string row = std::string(1, '\0') + content; // without a filter
  std::string packed(compressBound(row.size()), '\0');
  uLongf size = packed.size();
  EXPECT_EQ(
      compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(row.data()), row.size()),
      Z_OK);
  add(file, png_chunk("IDAT", packed.substr(0, size)));
  add(file, png_chunk("IEND", ""));
  return file;
}

using Pixels = std::vector<std::uint8_t>;

TEST(DecodeImage, SixteenBitsAreARamp) {
  std::string grey, colors;
  for (std::uint32_t i = 0; i < 256; ++i) {
    grey += big(257 * i, 2);
    colors += big(257 * i, 2) + big(0, 2) + big(65535 - 257 * i, 2);
  }
  const Image of_grey = decoded(png_row(256, 16, SPNG_COLOR_TYPE_GRAYSCALE, grey)),
              of_colors = decoded(png_row(256, 16, SPNG_COLOR_TYPE_TRUECOLOR, colors));
  for (int i = 0; i < 256; ++i) {
    const auto at = [&](const Image& image, int channel) {
      return image.pixels[static_cast<std::size_t>(4 * i + channel)];
    };
    EXPECT_EQ(at(of_grey, 0), i);
    EXPECT_EQ(at(of_grey, 2), i);
    EXPECT_EQ(at(of_colors, 0), i);
    EXPECT_EQ(at(of_colors, 2), 255 - i);
  }
}

TEST(DecodeImage, ReadsGreyWithAlphaPalettesAndBits) {
  EXPECT_EQ(decoded(png_row(2, 8, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA, std::string("\x64\xff\x28\0", 4))).pixels,
            (Pixels{100, 100, 100, 255, 40, 40, 40, 0}));
  Bytes palette = png_chunk("PLTE", std::string("\xff\0\0\0\0\xff", 6));
  const Bytes holes = png_chunk("tRNS", std::string("\xff\0", 2));
  palette.insert(palette.end(), holes.begin(), holes.end());
  EXPECT_EQ(decoded(png_row(2, 8, SPNG_COLOR_TYPE_INDEXED, std::string("\0\1", 2), palette)).pixels,
            (Pixels{255, 0, 0, 255, 0, 0, 255, 0}));
  EXPECT_EQ(decoded(png_row(2, 1, SPNG_COLOR_TYPE_GRAYSCALE, "\x40")).pixels,
            (Pixels{0, 0, 0, 255, 255, 255, 255, 255}));
}

/// Flat ink, which TurboJPEG writes as YCCK behind Adobe's segment.
Bytes ycck(std::array<std::uint8_t, 4> ink) {
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < 16 * 16; ++i)
    pixels.insert(pixels.end(), ink.begin(), ink.end());
  const std::unique_ptr<void, decltype(&tjDestroy)> compressor(tjInitCompress(), tjDestroy);
  unsigned char* file = nullptr;
  unsigned long size = 0;
  EXPECT_EQ(tjCompress2(compressor.get(), pixels.data(), 16, 0, 16, TJPF_CMYK, &file, &size, TJSAMP_444, 100, 0), 0);
  const std::unique_ptr<unsigned char, decltype(&tjFree)> owner(file, tjFree);
  const auto* first = reinterpret_cast<const std::byte*>(file);
  return {first, first + size};
}

void expect_color(const Image& image, std::array<int, 3> color) {
  ASSERT_EQ(image.pixels.size(), 4U * 16 * 16);
  for (std::size_t c = 0; c < 3; ++c)
    EXPECT_NEAR(image.pixels[c], color[c], 2) << c;
  EXPECT_EQ(image.pixels[3], 255);
}

TEST(DecodeImage, ReadsCmykAndYcckWithAndWithoutAdobesInversion) {
  // As Adobe stores it: 255 is no ink. Red light is what cyan and black leave.
  Bytes file = ycck({200, 200, 200, 128});
  expect_color(decoded(file), {100, 100, 100});
  expect_color(decoded(ycck({255, 20, 10, 255})), {255, 20, 10});

  const std::string text(reinterpret_cast<const char*>(file.data()), file.size());
  const std::size_t adobe = text.find("\xff\xee");
  ASSERT_NE(adobe, std::string::npos);
  ASSERT_EQ(text[adobe + 15], 2) << "the transform YCCK";
  // The same numbers as CMYK: Y of the three equal ones is 255 - 200, and the others are in the middle.
  file[adobe + 15] = std::byte{0};
  expect_color(decoded(file), {55 * 128 / 255, 128 * 128 / 255, 128 * 128 / 255});
  // And as CMYK of others, where 255 is all ink.
  file.erase(file.begin() + static_cast<std::ptrdiff_t>(adobe), file.begin() + static_cast<std::ptrdiff_t>(adobe + 16));
  expect_color(decoded(file), {200 * 127 / 255, 127 * 127 / 255, 127 * 127 / 255});
}

/// A progressive JPEG of grey pixels in which each coefficient comes bit by bit, in scans of a byte: enough for 8 x 8.
Bytes many_scans(int coefficients, int side = 8) {
  const auto add = [](Bytes& file, const Bytes& more) { file.insert(file.end(), more.begin(), more.end()); };
  Bytes file = bytes_of("\xff\xd8");
  add(file, jpeg_segment(0xDB, std::string(1, '\0') + std::string(64, '\1'))); // quantization
  const std::string size{static_cast<char>(side >> 8), static_cast<char>(side & 0xff)};
  add(file, jpeg_segment(0xC2, "\x08" + size + size + std::string("\1\1\x11\0", 4)));              // one component
  const std::string lengths = std::string("\1", 1) + std::string(15, '\0') + std::string(1, '\0'); // code 0 is 0
  add(file, jpeg_segment(0xC4, std::string(1, '\0') + lengths));
  add(file, jpeg_segment(0xC4, "\x10" + lengths));
  const auto scan = [&](int first, int last, int high, int low) {
    std::string header("\1\1\0", 3);
    for (const int number : {first, last, high << 4 | low})
      header += static_cast<char>(number);
    add(file, jpeg_segment(0xDA, header));
    file.push_back(std::byte{0x7f}); // "nothing", then filled up
  };
  scan(0, 0, 0, 0);
  for (int k = 1; k <= coefficients; ++k) {
    scan(k, k, 0, 13);
    for (int bit = 12; bit >= 0; --bit)
      scan(k, k, bit + 1, bit);
  }
  add(file, bytes_of("\xff\xd9"));
  return file;
}

TEST(DecodeImage, TakesADozenScansButNotThousands) {
  EXPECT_EQ(decoded(many_scans(1)).pixels.size(), 4U * 8 * 8);
  const Error error = error_of(many_scans(63)); // 883
  EXPECT_EQ(error.code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(error.text(), "a: has 883 scans of 8 x 8 pixels");
  EXPECT_EQ(error_of(many_scans(5, 8192)).text(), "a: has 71 scans of 8192 x 8192 pixels");
}

TEST(DecodeImage, UnpacksNoHugeTextBesideThePixels) {
  const std::string much(std::size_t{64} << 20, 'x');
  std::string packed(compressBound(much.size()), '\0');
  uLongf size = packed.size();
  ASSERT_EQ(compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(much.data()),
                      much.size(), 1),
            Z_OK);
  const std::string content = std::string("k\0\0", 3) + packed.substr(0, size);
  const Error error = error_of(inserted(*encode_png(stored(1)), after_ihdr, png_chunk("zTXt", content)));
  EXPECT_EQ(error.code(), ErrorCode::limit_exceeded);
}

TEST(DecodeImage, AsksForNoMemoryThatAHeaderAlonePromises) {
  // 8192 x 8192 pixels are just allowed.
  Bytes png = *encode_png(stored(1));
  const Bytes header = png_chunk("IHDR", big(8192, 4) + big(8192, 4) + std::string("\x08\x06\0\0\0", 5));
  std::copy(header.begin(), header.end(), png.begin() + 8);
  EXPECT_EQ(error_of(png).text(), "a: is too short for the pixels that its header promises");
  Bytes jpeg = *encode_jpeg(stored(1));
  const std::string text(reinterpret_cast<const char*>(jpeg.data()), jpeg.size());
  const std::size_t frame = text.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  for (const std::size_t place : {frame + 5, frame + 7}) {
    jpeg[place] = std::byte{0x20};
    jpeg[place + 1] = std::byte{0};
  }
  EXPECT_EQ(error_of(jpeg).text(), "a: is too short for the pixels that its header promises");
}

TEST(DecodeImage, TakesLargeFlatPictures) {
  const Image flat{2048, 2048, std::vector<std::uint8_t>(std::size_t{4} * 2048 * 2048, 255)};
  EXPECT_EQ(decoded(*encode_png(flat)).width, 2048) << "a thousandth of its pixels";
  EXPECT_EQ(decoded(*encode_jpeg(flat, 1)).width, 2048);
}

TEST(DecodeImage, NamesOtherKindsOfPictures) {
  const std::pair<std::string, std::string> kinds[] = {{"GIF89a...", "GIF"},
                                                       {"BM......", "BMP"},
                                                       {{"II*\0....", 8}, "TIFF"},
                                                       {{"MM\0*....", 8}, "TIFF"},
                                                       {{"RIFF\x1a\0\0\0WEBPVP8L", 16}, "WebP"},
                                                       {{"\0\0\0\x1c"
                                                         "ftypavif",
                                                         12},
                                                        "AVIF"},
                                                       {{"\0\0\0\x1c"
                                                         "ftypheic",
                                                         12},
                                                        "HEIC"}};
  for (const auto& [bytes, name] : kinds)
    EXPECT_EQ(error_of(bytes_of(bytes)).text(), "a: is a " + name + " picture; save it as PNG or JPEG");
  for (const std::string& bytes : {std::string(), std::string("<!doctype html>"), std::string("RIFF")})
    EXPECT_EQ(error_of(bytes_of(bytes)).text(), "a: is neither PNG nor JPEG");
}

} // namespace
} // namespace ganlet
