#include "image/image_writer.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include <gtest/gtest.h>
#include <spng.h>
#include <turbojpeg.h>

namespace ganlet {
namespace {

struct Decoded {
  spng_ihdr header{};
  std::vector<std::uint8_t> rgba;
  PictureTexts texts;
};

Decoded decode_png(std::span<const std::byte> file) {
  Decoded decoded;
  const std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)> context(spng_ctx_new(0), spng_ctx_free);
  EXPECT_EQ(spng_set_png_buffer(context.get(), file.data(), file.size()), 0);
  EXPECT_EQ(spng_get_ihdr(context.get(), &decoded.header), 0);
  std::size_t size = 0;
  EXPECT_EQ(spng_decoded_image_size(context.get(), SPNG_FMT_RGBA8, &size), 0);
  decoded.rgba.resize(size);
  EXPECT_EQ(spng_decode_image(context.get(), decoded.rgba.data(), size, SPNG_FMT_RGBA8, 0), 0);
  std::uint32_t count = 0;
  std::vector<spng_text> texts;
  if (spng_get_text(context.get(), nullptr, &count) == 0)
    texts.resize(count);
  EXPECT_TRUE(texts.empty() || spng_get_text(context.get(), texts.data(), &count) == 0);
  for (const spng_text& text : texts)
    decoded.texts.emplace_back(text.keyword, std::string(text.text, text.length));
  return decoded;
}

Image gradient(int width, int height, int channels) {
  std::vector<float> values;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int channel = 0; channel < channels; ++channel)
        values.push_back(static_cast<float>((3 * x + 5 * y + 60 * channel) % 256));
  return image_of(values, width, height, channels, {0, 255});
}

TEST(EncodePng, KeepsEveryPixelInTheSmallestColourType) {
  const std::pair<int, int> cases[] = {
      {1, SPNG_COLOR_TYPE_GRAYSCALE}, {3, SPNG_COLOR_TYPE_TRUECOLOR}, {4, SPNG_COLOR_TYPE_TRUECOLOR_ALPHA}};
  for (const auto& [channels, colour_type] : cases) {
    const Image image = gradient(13, 7, channels);
    const auto file = encode_png(image);
    ASSERT_TRUE(file) << file.error().text();
    const Decoded decoded = decode_png(*file);
    EXPECT_EQ(decoded.header.color_type, colour_type);
    EXPECT_EQ(decoded.header.width, 13U);
    EXPECT_EQ(decoded.header.height, 7U);
    EXPECT_EQ(decoded.rgba, image.pixels);
  }
}

TEST(EncodePng, SaysWhatThePictureIsOf) {
  const PictureTexts texts{{"Software", "ganlet"}, {"ganlet request", R"({"text":"Zoë"})"}, {"ganlet model", ""}};
  const auto file = encode_png(gradient(5, 4, 1), texts);
  ASSERT_TRUE(file) << file.error().text();
  EXPECT_EQ(decode_png(*file).texts, texts);
}

TEST(EncodePng, RefusesAnEmptyImage) {
  EXPECT_EQ(encode_png({}).error().text(), "image: is empty");
}

TEST(EncodePng, FiltersWhatChangesSlowly) {
  const Image slope = gradient(256, 256, 1);
  const auto file = encode_png(slope);
  ASSERT_TRUE(file);
  EXPECT_LT(file->size(), 2500U) << "65,536 pixels, each 3 more than the one before";
  EXPECT_EQ(decode_png(*file).rgba, slope.pixels);
}

TEST(EncodeJpeg, DecodesToNearlyTheSamePicture) {
  const Image image = gradient(32, 24, 1);
  const auto file = encode_jpeg(image);
  ASSERT_TRUE(file) << file.error().text();
  const std::unique_ptr<void, decltype(&tjDestroy)> decompressor(tjInitDecompress(), tjDestroy);
  std::vector<std::uint8_t> rgba(image.pixels.size());
  const auto* data = reinterpret_cast<const unsigned char*>(file->data());
  ASSERT_EQ(tjDecompress2(decompressor.get(), data, file->size(), rgba.data(), 32, 0, 24, TJPF_RGBA, 0), 0);
  double error = 0;
  for (std::size_t i = 0; i < rgba.size(); ++i)
    error += std::abs(rgba[i] - image.pixels[i]);
  EXPECT_LT(error / static_cast<double>(rgba.size()), 4);
}

TEST(EncodeJpeg, PutsTransparencyOverWhite) {
  const auto file = encode_jpeg({8, 8, std::vector<std::uint8_t>(4 * 8 * 8, 0)});
  ASSERT_TRUE(file);
  const std::unique_ptr<void, decltype(&tjDestroy)> decompressor(tjInitDecompress(), tjDestroy);
  std::vector<std::uint8_t> grey(8 * 8);
  const auto* data = reinterpret_cast<const unsigned char*>(file->data());
  ASSERT_EQ(tjDecompress2(decompressor.get(), data, file->size(), grey.data(), 8, 0, 8, TJPF_GRAY, 0), 0);
  EXPECT_EQ(grey, std::vector<std::uint8_t>(8 * 8, 255));
}

TEST(EncodeJpeg, RefusesWhatTheFormatCantHold) {
  const Image wide{65501, 1, std::vector<std::uint8_t>(4 * 65501, 9)};
  EXPECT_EQ(encode_jpeg(wide).error().text(), "image: is 65501 x 1; JPEG allows 65500 pixels a side");
  const Image widest{65500, 1, std::vector<std::uint8_t>(4 * 65500, 9)};
  EXPECT_TRUE(encode_jpeg(widest));
}

TEST(ImageFormatOf, GoesByExtensionInAnyCase) {
  EXPECT_EQ(image_format_of("a/b.PNG"), ImageFormat::png);
  EXPECT_EQ(image_format_of("b.jpg"), ImageFormat::jpeg);
  EXPECT_EQ(image_format_of("b.jpeg"), ImageFormat::jpeg);
  EXPECT_EQ(image_format_of("b.gif"), std::nullopt);
  EXPECT_EQ(image_format_of("png"), std::nullopt);
}

TEST(JsonRows, NestsBytesByRow) {
  EXPECT_EQ(json_rows(image_of(std::vector<float>{0, 1, 2, 255}, 2, 2, 1, {0, 255}), 1), "[[0,1],\n [2,255]]\n");
}

TEST(JsonRows, GivesColourPixelsAListEach) {
  EXPECT_EQ(json_rows(image_of(std::vector<float>{1, 2, 3}, 1, 1, 3, {0, 255}), 3), "[[[1,2,3]]]\n");
  EXPECT_EQ(json_rows(image_of(std::vector<float>{1, 2, 3, 4}, 1, 1, 4, {0, 255}), 4), "[[[1,2,3,4]]]\n");
}

TEST(WriteImage, ChoosesByExtensionAndRefusesOthers) {
  const auto result = write_image("picture.bmp", gradient(2, 2, 1));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().text(), "picture.bmp: the name must end in .png, .jpg or .jpeg");
  EXPECT_FALSE(std::filesystem::exists("picture.bmp"));
}

} // namespace
} // namespace ganlet
