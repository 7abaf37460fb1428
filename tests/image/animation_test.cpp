#include "image/animation.h"

#include <cstring>
#include <memory>
#include <string>

#include <gif_lib.h>
#include <gtest/gtest.h>
#include <spng.h>
#include <webp/demux.h>
#include <zlib.h>

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

TEST(Animation, GifKeepsEveryPixelOfFewColours) {
  for (const int channels : {1, 4}) {
    std::vector<Image> frames = frames_of(5, 1);
    if (channels == 4)
      for (Image& frame : frames)
        frame.pixels[3] = 0;
    const std::vector<std::byte> file = encoded(frames, AnimationFormat::gif);
    Reading reading{file};
    int error = 0;
    GifFileType* gif = DGifOpen(&reading, read_gif, &error);
    ASSERT_NE(gif, nullptr);
    ASSERT_EQ(DGifSlurp(gif), GIF_OK);
    ASSERT_EQ(gif->ImageCount, 5);
    for (int i = 0; i < 5; ++i) {
      GraphicsControlBlock control{};
      ASSERT_EQ(DGifSavedExtensionToGCB(gif, i, &control), GIF_OK);
      EXPECT_EQ(control.DelayTime, 7);
      EXPECT_EQ(control.TransparentColor != NO_TRANSPARENT_COLOR, channels == 4);
      const Image& frame = frames[static_cast<std::size_t>(i)];
      for (std::size_t p = channels == 4 ? 1 : 0; p < frame.pixels.size() / 4; ++p)
        EXPECT_EQ(gif->SColorMap->Colors[gif->SavedImages[i].RasterBits[p]].Red, frame.pixels[4 * p]);
    }
    DGifCloseFile(gif, &error);
  }
}

TEST(Animation, GifTakesNearColoursOfMany) {
  Image image{64, 64, {}};
  for (int i = 0; i < 64 * 64; ++i)
    for (const int value : {i & 255, (i * 3) & 255, (i / 16) & 255, 255})
      image.pixels.push_back(static_cast<std::uint8_t>(value));
  const std::vector<std::byte> file = encoded({image}, AnimationFormat::gif);
  Reading reading{file};
  int error = 0;
  GifFileType* gif = DGifOpen(&reading, read_gif, &error);
  ASSERT_NE(gif, nullptr);
  ASSERT_EQ(DGifSlurp(gif), GIF_OK);
  for (std::size_t p = 0; p < 64 * 64; ++p) {
    const GifColorType color = gif->SColorMap->Colors[gif->SavedImages[0].RasterBits[p]];
    EXPECT_LE(std::abs(color.Red - image.pixels[4 * p]), 26);
    EXPECT_LE(std::abs(color.Green - image.pixels[4 * p + 1]), 22);
    EXPECT_LE(std::abs(color.Blue - image.pixels[4 * p + 2]), 26);
  }
  DGifCloseFile(gif, &error);
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

TEST(Animation, ApngKeepsEveryPixel) {
  for (const int channels : {1, 3, 4}) {
    const std::vector<Image> frames = frames_of(3, channels);
    const std::vector<std::byte> file = encoded(frames, AnimationFormat::apng);
    std::vector<std::vector<std::byte>> data;
    EXPECT_EQ(chunks_of(file, data), "IHDR acTL fcTL IDAT fcTL fdAT fcTL fdAT IEND ");
    ASSERT_EQ(data.size(), 3);
    for (std::size_t i = 0; i < 3; ++i) {
      std::vector<std::uint8_t> rows(static_cast<std::size_t>(7 * (1 + 13 * channels)));
      uLongf size = rows.size();
      ASSERT_EQ(uncompress(rows.data(), &size, reinterpret_cast<const Bytef*>(data[i].data()), data[i].size()), Z_OK);
      ASSERT_EQ(size, rows.size());
      const std::size_t stride = static_cast<std::size_t>(13 * channels);
      std::vector<std::uint8_t> above(stride, 0);
      for (std::size_t y = 0; y < 7; ++y) {
        const std::uint8_t* row = &rows[y * (stride + 1)];
        for (std::size_t x = 0; x < stride; ++x)
          above[x] = static_cast<std::uint8_t>(row[1 + x] + (row[0] == 2 ? above[x] : 0));
        for (std::size_t x = 0; x < 13; ++x)
          for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c)
            EXPECT_EQ(above[x * static_cast<std::size_t>(channels) + c], frames[i].row(static_cast<int>(y))[4 * x + c]);
      }
    }
    // Whoever doesn't know animations sees the first frame.
    const std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)> still(spng_ctx_new(0), spng_ctx_free);
    spng_set_png_buffer(still.get(), file.data(), file.size());
    std::vector<std::uint8_t> pixels(frames[0].pixels.size());
    ASSERT_EQ(spng_decode_image(still.get(), pixels.data(), pixels.size(), SPNG_FMT_RGBA8, 0), 0);
    EXPECT_EQ(pixels, frames[0].pixels);
  }
}

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

TEST(Animation, OneFrameIsAStill) {
  const Image frame = frame_of(0, 4);
  const auto still = encode_still(frame);
  ASSERT_TRUE(still) << still.error().text();
  EXPECT_EQ(*still, encoded({frame}, AnimationFormat::apng, 1000));
  EXPECT_EQ(encode_still(Image{}).error().text(), "frames: are empty");
}

TEST(Animation, FormatsByExtension) {
  EXPECT_EQ(animation_format_of("a.GIF"), AnimationFormat::gif);
  EXPECT_EQ(animation_format_of("a.webp"), AnimationFormat::webp);
  EXPECT_EQ(animation_format_of("a.png"), AnimationFormat::apng);
  EXPECT_EQ(animation_format_of("a.jpg"), std::nullopt);
}

} // namespace
} // namespace ganlet
