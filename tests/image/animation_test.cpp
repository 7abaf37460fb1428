#include "image/animation.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <string>

#include <gif_lib.h>
#include <gtest/gtest.h>
#include <spng.h>
#include <webp/demux.h>
#include <zlib.h>

#include "image/animation_formats.h"
#include "image/png_writer.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace ganlet {
namespace {

Image frame_of(int number, int channels) {
  Image image{13, 7, {}};
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (int c = 0; c < 4; ++c) {
        const int value = (x * 17 + y * 5 + number * 41 + (channels == 1 ? 0 : c * 67)) & 255;
        image.pixels.push_back(static_cast<std::uint8_t>(c < 3                                    ? value
                                                         : channels == 4 && (x + number) % 3 == 0 ? 0
                                                                                                  : 255));
      }
  return image;
}

std::vector<Image> frames_of(int count, int channels) {
  std::vector<Image> frames;
  for (int i = 0; i < count; ++i)
    frames.push_back(frame_of(i, channels));
  return frames;
}

std::vector<std::byte> encoded(const std::vector<Image>& frames, AnimationFormat format, int milliseconds = 70) {
  auto file = encode_animation(frames, milliseconds, format);
  EXPECT_TRUE(file) << file.error().text();
  return file ? std::move(*file) : std::vector<std::byte>();
}

/// What can be seen: colours of transparent pixels can't.
bool look_alike(const Image& a, const std::uint8_t* b) {
  for (std::size_t at = 0; at < a.pixels.size(); at += 4)
    if (a.pixels[at + 3] != b[at + 3] || (a.pixels[at + 3] != 0 && std::memcmp(&a.pixels[at], b + at, 3) != 0))
      return false;
  return true;
}

TEST(Animation, WebpKeepsEveryPixelAndTime) {
  for (const int channels : {1, 3, 4}) {
    const std::vector<Image> frames = frames_of(5, channels);
    const std::vector<std::byte> file = encoded(frames, AnimationFormat::webp);
    const WebPData data{reinterpret_cast<const std::uint8_t*>(file.data()), file.size()};
    const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(WebPAnimDecoderNew(&data, nullptr),
                                                                                     WebPAnimDecoderDelete);
    ASSERT_TRUE(decoder);
    for (int i = 0; i < 5; ++i) {
      std::uint8_t* pixels = nullptr;
      int time = 0;
      ASSERT_TRUE(WebPAnimDecoderGetNext(decoder.get(), &pixels, &time));
      EXPECT_EQ(time, 70 * (i + 1));
      EXPECT_TRUE(look_alike(frames[static_cast<std::size_t>(i)], pixels)) << channels << " channels, frame " << i;
    }
    EXPECT_FALSE(WebPAnimDecoderHasMoreFrames(decoder.get()));
  }
}

struct Reading {
  const std::vector<std::byte>& file;
  std::size_t at = 0;
};

int read_gif(GifFileType* gif, GifByteType* to, int count) {
  auto* reading = static_cast<Reading*>(gif->UserData);
  const std::size_t now = std::min(static_cast<std::size_t>(count), reading->file.size() - reading->at);
  std::memcpy(to, reading->file.data() + reading->at, now);
  reading->at += now;
  return static_cast<int>(now);
}

/// A file's frames as giflib reads them.
std::vector<Image> frames_of_gif(const std::vector<std::byte>& file) {
  std::vector<Image> frames;
  Reading reading{file};
  int error = 0;
  GifFileType* gif = DGifOpen(&reading, read_gif, &error);
  EXPECT_NE(gif, nullptr);
  EXPECT_EQ(DGifSlurp(gif), GIF_OK);
  for (int i = 0; i < gif->ImageCount; ++i) {
    const SavedImage& saved = gif->SavedImages[i];
    const ColorMapObject* const map = saved.ImageDesc.ColorMap != nullptr ? saved.ImageDesc.ColorMap : gif->SColorMap;
    GraphicsControlBlock control{};
    EXPECT_EQ(DGifSavedExtensionToGCB(gif, i, &control), GIF_OK);
    EXPECT_EQ(control.DelayTime, 7);
    EXPECT_EQ(control.DisposalMode, DISPOSE_BACKGROUND) << "frames would show through holes of the next";
    Image& frame = frames.emplace_back(Image{saved.ImageDesc.Width, saved.ImageDesc.Height, {}});
    for (int p = 0; p < frame.width * frame.height; ++p) {
      const int number = saved.RasterBits[p];
      if (number == control.TransparentColor)
        frame.pixels.insert(frame.pixels.end(), 4, 0);
      else
        for (const GifByteType value :
             {map->Colors[number].Red, map->Colors[number].Green, map->Colors[number].Blue, GifByteType{255}})
          frame.pixels.push_back(value);
    }
  }
  DGifCloseFile(gif, &error);
  return frames;
}

TEST(Animation, GifKeepsEveryPixelWhereAFrameHasFewColours) {
  std::vector<Image> holed = frames_of(5, 1);
  holed[3].pixels[4 * 5 + 3] = 0;
  // 91 colours each, and more than 256 together.
  for (const std::vector<Image>& frames : {frames_of(5, 1), holed, frames_of(5, 3), frames_of(5, 4)}) {
    const std::vector<Image> read = frames_of_gif(encoded(frames, AnimationFormat::gif));
    ASSERT_EQ(read.size(), 5U);
    for (std::size_t i = 0; i < 5; ++i)
      EXPECT_TRUE(look_alike(read[i], frames[i].pixels.data())) << i;
  }
}

/// What photographs are made of: many colours that change slowly, behind a bright disc.
Image many_colors(int side) {
  Image image{side, side, {}};
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      const int u = 255 * x / side, v = 255 * y / side, dx = 2 * x - side, dy = 2 * y - side;
      const bool in_disc = dx * dx + dy * dy < side * side / 4;
      for (const int value :
           {in_disc ? 230 : u, in_disc ? 255 - v / 4 : 40 + v / 2, in_disc ? u / 3 : 255 - (u + v) / 2, 255})
        image.pixels.push_back(static_cast<std::uint8_t>(value));
    }
  return image;
}

TEST(Animation, GifFindsHolesBehindManyColours) {
  Image image = many_colors(64);
  image.pixels[4 * 64 * 64 - 1] = 0; // after 256 colours have been seen
  const std::vector<Image> read = frames_of_gif(encoded({image, many_colors(64)}, AnimationFormat::gif));
  for (std::size_t frame = 0; frame < 2; ++frame)
    for (std::size_t at = 3; at < read[frame].pixels.size(); at += 4)
      ASSERT_EQ(read[frame].pixels[at], frame == 0 && at + 1 == read[0].pixels.size() ? 0 : 255) << at;
}

TEST(Animation, GifOfManyColoursIsNearEverywhereAndNearerOnTheWhole) {
  const Image image = many_colors(128);
  const Image read = frames_of_gif(encoded({image}, AnimationFormat::gif)).at(0);
  double squares = 0, squares_of_means = 0;
  for (int y = 0; y < 128; y += 4)
    for (int x = 0; x < 128; x += 4)
      for (std::size_t c = 0; c < 3; ++c) {
        int sum = 0;
        for (int i = 0; i < 16; ++i) {
          const std::size_t at = static_cast<std::size_t>(4 * (x + i % 4)) + c;
          const int by = read.row(y + i / 4)[at] - image.row(y + i / 4)[at];
          squares += by * by;
          sum += by;
        }
        squares_of_means += sum / 16.0 * sum / 16.0;
      }
  // Evenly spaced colours (6 x 7 x 6) without dithering, which stood here before, are 15.0 and 13.5 off.
  EXPECT_LT(std::sqrt(squares / (128 * 128 * 3)), 5);
  EXPECT_LT(std::sqrt(squares_of_means / (32 * 32 * 3)), 1.5);
}

/// Chunk types of a PNG file, checksums checked; `data` gets what the frames hold, one after another.
std::string chunks_of(const std::vector<std::byte>& file, std::vector<std::vector<std::byte>>& frames) {
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value = value << 8 | std::to_integer<std::uint32_t>(file[at + i]);
    return value;
  };
  std::string types;
  std::uint32_t sequence = 0;
  for (std::size_t at = 8; at < file.size();) {
    const std::uint32_t length = number(at);
    const std::string type(reinterpret_cast<const char*>(&file[at + 4]), 4);
    types += type + " ";
    EXPECT_EQ(number(at + 8 + length), crc32(0, reinterpret_cast<const Bytef*>(&file[at + 4]), length + 4)) << type;
    const std::size_t numbered = type == "fdAT" ? 4 : 0;
    if (type == "fcTL" || type == "fdAT") {
      EXPECT_EQ(number(at + 8), sequence++);
    }
    if (type == "IDAT" || type == "fdAT")
      frames.emplace_back(file.begin() + static_cast<std::ptrdiff_t>(at + 8 + numbered),
                          file.begin() + static_cast<std::ptrdiff_t>(at + 8 + length));
    at += 12 + length;
  }
  return types;
}

/// A frame's data as libspng decodes them in a PNG of their own.
std::vector<std::uint8_t> decoded(const std::vector<std::byte>& data, int channels) {
  PngFile file(13, 7, channels);
  file.begin("IDAT");
  file.put(data);
  file.end();
  const std::vector<std::byte> png = std::move(file).take();
  const std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)> still(spng_ctx_new(0), spng_ctx_free);
  spng_set_png_buffer(still.get(), png.data(), png.size());
  std::vector<std::uint8_t> pixels(4 * 13 * 7);
  EXPECT_EQ(spng_decode_image(still.get(), pixels.data(), pixels.size(), SPNG_FMT_RGBA8, 0), 0);
  return pixels;
}

TEST(Animation, ApngKeepsEveryPixel) {
  for (const int channels : {1, 3, 4}) {
    const std::vector<Image> frames = frames_of(3, channels);
    const std::vector<std::byte> file = encoded(frames, AnimationFormat::apng);
    std::vector<std::vector<std::byte>> data;
    EXPECT_EQ(chunks_of(file, data), "IHDR acTL fcTL IDAT fcTL fdAT fcTL fdAT IEND ");
    ASSERT_EQ(data.size(), 3);
    for (std::size_t i = 0; i < 3; ++i)
      EXPECT_EQ(decoded(data[i], channels), frames[i].pixels) << channels << " channels, frame " << i;
    // Whoever doesn't know animations sees the first frame.
    const std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)> still(spng_ctx_new(0), spng_ctx_free);
    spng_set_png_buffer(still.get(), file.data(), file.size());
    std::vector<std::uint8_t> pixels(frames[0].pixels.size());
    ASSERT_EQ(spng_decode_image(still.get(), pixels.data(), pixels.size(), SPNG_FMT_RGBA8, 0), 0);
    EXPECT_EQ(pixels, frames[0].pixels);
  }
}

TEST(Animation, ApngOfFramesWithMoreAndMoreChannelsKeepsEveryPixel) {
  const std::vector<std::vector<Image>> films{{frame_of(0, 1), frame_of(1, 3), frame_of(2, 4)},
                                              {frame_of(0, 3), frame_of(1, 4), frame_of(2, 1)},
                                              {frame_of(0, 1), frame_of(1, 3)},
                                              {frame_of(0, 1), frame_of(1, 4)}};
  for (const std::vector<Image>& frames : films) {
    std::vector<std::vector<std::byte>> data;
    chunks_of(encoded(frames, AnimationFormat::apng), data);
    ASSERT_EQ(data.size(), frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i)
      EXPECT_EQ(decoded(data[i], frames.size() == 2 && channels_needed(frames[1]) == 3 ? 3 : 4), frames[i].pixels) << i;
  }
}

TEST(Animation, PlaysForEverInAllFormats) {
  const auto text_of = [](AnimationFormat format) {
    const std::vector<std::byte> file = encoded(frames_of(2, 1), format);
    return std::string(reinterpret_cast<const char*>(file.data()), file.size());
  };
  // A count of plays or repetitions of 0 has no end in any of them.
  EXPECT_NE(text_of(AnimationFormat::apng).find(std::string("acTL\0\0\0\2\0\0\0\0", 12)), std::string::npos);
  EXPECT_NE(text_of(AnimationFormat::gif).find(std::string("\x21\xFF\x0BNETSCAPE2.0\3\1\0\0\0", 19)),
            std::string::npos);
  const std::string webp = text_of(AnimationFormat::webp);
  const std::size_t anim = webp.find(std::string("ANIM\6\0\0\0", 8)); // then a colour of 4 bytes
  ASSERT_NE(anim, std::string::npos);
  EXPECT_EQ(webp.substr(anim + 12, 2), std::string("\0\0", 2));
}

#if defined(__GLIBC__)
TEST(Animation, FramesAreEncodedAsTheyComeAndNotKept) {
  for (const AnimationFormat format : {AnimationFormat::apng, AnimationFormat::gif, AnimationFormat::webp}) {
    auto writer = AnimationWriter::begin(format, 40);
    ASSERT_TRUE(writer);
    const auto add = [&](int number) {
      Image frame{512, 512, std::vector<std::uint8_t>(std::size_t{4} * 512 * 512, 255)}; // a megabyte
      frame.pixels[static_cast<std::size_t>(4 * number)] = 0;
      ASSERT_TRUE(writer->add(frame));
    };
    add(0);
    const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    for (int i = 1; i < 33; ++i)
      add(i);
    const std::size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
    EXPECT_LT(after, before + (std::size_t{8} << 20)) << static_cast<int>(format);
    EXPECT_EQ(writer->frames(), 33);
    EXPECT_TRUE(std::move(*writer).finish());
  }
}
#endif

TEST(Animation, WhatCantBeIsSaid) {
  const auto error = [](std::span<const Image> frames, int milliseconds) {
    const auto file = encode_animation(frames, milliseconds, AnimationFormat::gif);
    return file ? "none" : file.error().text();
  };
  EXPECT_EQ(error({}, 10), "frames: there are none");
  EXPECT_EQ(error(std::vector<Image>{Image{}}, 10), "frames: are empty");
  EXPECT_EQ(error(std::vector<Image>{frame_of(0, 1), Image{1, 1, {0, 0, 0, 255}}}, 10),
            "frames: must all be of one size");
  EXPECT_EQ(error(frames_of(1, 1), 0), "milliseconds: must be 1 to 60000, is 0");
  EXPECT_EQ(error(std::vector<Image>{Image{16384, 1, std::vector<std::uint8_t>(4 * 16384)}}, 10),
            "frames: are 16384 x 1; at most 16383 pixels a side are allowed");
}

TEST(Animation, WebpHasNoTimesBeyondItsIntegers) {
  constexpr int longest = 60000; // milliseconds of a frame
  auto writer = AnimationWriter::begin(AnimationFormat::webp, longest);
  ASSERT_TRUE(writer);
  const Image frame{1, 1, {1, 2, 3, 255}};
  for (int i = 0; i < std::numeric_limits<int>::max() / longest; ++i)
    ASSERT_TRUE(writer->add(frame)) << i;
  const auto late = writer->add(frame);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().text(), "frames: last longer than 2^31 milliseconds, more than WebP can say");
  EXPECT_TRUE(std::move(*writer).finish());
}

TEST(Animation, WebpSaysWhenItsEncoderCannotBeMade) {
  const auto encoder = make_webp_encoder(0, 0, 10); // of a size that libwebp refuses
  const auto added = encoder->add(Image{});
  ASSERT_FALSE(added);
  EXPECT_FALSE(added.error().message().empty());
}

TEST(Animation, FormatsByExtension) {
  EXPECT_EQ(animation_format_of("a.GIF"), AnimationFormat::gif);
  EXPECT_EQ(animation_format_of("a.webp"), AnimationFormat::webp);
  EXPECT_EQ(animation_format_of("a.png"), AnimationFormat::apng);
  EXPECT_EQ(animation_format_of("a.jpg"), std::nullopt);
}

} // namespace
} // namespace ganlet
