#include "generator/translation.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "generator/model_folder.h"
#include "image/whole_file.h"
#include "onnx/writer.h"
#include "support/model_builder.h"
#include "xnn/xnn.h"

namespace ganlet::test {
namespace {

constexpr std::int64_t open = -1;

/// A picture without hard edges, in which colours and both directions differ.
Image smooth(int width, int height) {
  Image picture{width, height, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (const int value : {40 + 160 * x / width, 60 + 120 * y / height, 200 - 100 * x / width, 255})
        picture.pixels.push_back(static_cast<std::uint8_t>(value));
  return picture;
}

std::unique_ptr<Translator> opened(const ModelBuilder& build, const Translator::Ranges& ranges = {}) {
  auto translator = Translator::open(onnx::write(build.model()), build.model(), ranges, xnn::backend, {});
  EXPECT_TRUE(translator) << translator.error().text();
  return std::move(*translator);
}

std::string error_of(const ModelBuilder& build) {
  auto translator = Translator::open(onnx::write(build.model()), build.model(), {}, xnn::backend, {});
  if (!translator)
    return translator.error().text();
  const Result<Image> result = (*translator)->apply(smooth(8, 8));
  return result ? "none" : result.error().text();
}

int most_difference(const Image& a, const Image& b) {
  EXPECT_EQ(a.pixels.size(), b.pixels.size());
  int most = 0;
  for (std::size_t i = 0; i < std::min(a.pixels.size(), b.pixels.size()); ++i)
    most = std::max(most, std::abs(a.pixels[i] - b.pixels[i]));
  return most;
}

/// x itself, but for `add`, between 0 and 1.
ModelBuilder same(std::initializer_list<std::int64_t> shape, float add = 0) {
  ModelBuilder build;
  build.input("x", shape).floats("add", {1}, {add}).floats("low", Shape{}, {0}).floats("high", Shape{}, {1});
  build.node("Add", {"x", "add"}, {"sum"}).node("Clip", {"sum", "low", "high"}, {"y"}).output("y");
  return build;
}

TEST(Translator, TakesPicturesOfAnySizeWhereHeightAndWidthAreOpen) {
  const auto translator = opened(same({open, 3, open, open}));
  for (const auto& [width, height] : {std::pair{1, 1}, {37, 91}, {400, 30}, {37, 91}}) {
    const Image picture = smooth(width, height);
    const Result<Image> result = translator->apply(picture);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->width, width);
    EXPECT_EQ(result->height, height);
    EXPECT_LE(most_difference(*result, picture), 0);
  }
}

TEST(Translator, ReadsItsFileAgainForEachSizeInsteadOfKeepingIt) {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / "ganlet_translator_test.onnx";
  const auto write = [&](float factor) {
    test::ModelBuilder build;
    build.input("x", {open, 3, open, open}).floats("factor", {1}, {factor}).node("Mul", {"x", "factor"}, {"y"});
    return write_whole(file, onnx::write(build.output("y").model()));
  };
  ASSERT_TRUE(write(1));
  auto model = load_model(file.string());
  ASSERT_TRUE(model) << model.error().text();
  const auto size_of = [&](int side) {
    auto translation = model->translate(smooth(side, side));
    if (!translation)
      return translation.error().text();
    while (!translation->is_done())
      if (auto step = translation->step(); !step)
        return step.error().text();
    return std::to_string(translation->picture().width);
  };
  EXPECT_EQ(size_of(20), "20");
  EXPECT_EQ(size_of(30), "30");
  ASSERT_TRUE(write(2));
  EXPECT_EQ(size_of(20), "20"); // still compiled
  EXPECT_EQ(size_of(40), "generator: has changed since it was opened");
  std::filesystem::remove(file);
}

TEST(Translator, FitsPicturesIntoAFixedSize) {
  for (const bool channels_last : {false, true}) {
    const auto translator = opened(channels_last ? same({1, 64, 64, 3}) : same({1, 3, 64, 64}));
    for (const auto& [width, height] : {std::pair{64, 64}, {37, 20}, {200, 90}}) {
      const Image picture = smooth(width, height);
      const Result<Image> result = translator->apply(picture);
      ASSERT_TRUE(result) << result.error().text();
      EXPECT_EQ(result->width, width);
      EXPECT_EQ(result->height, height);
      EXPECT_LE(most_difference(*result, picture), 4) << width << " x " << height; // resampled twice
    }
  }
}

TEST(Translator, EnlargesPicturesOfAnySizeInTilesOfTheFixedOne) {
  const auto enlarging = [](std::int64_t side) { // twice, each pixel with its neighbours
    ModelBuilder build;
    build.input("x", {1, 1, side, side}).ramp("weights", {4, 1, 3, 3}).floats("scale", {1}, {0.1F});
    build.node("Conv", {"x", "weights"}, {"deep"}, {integers("pads", {1, 1, 1, 1})});
    build.node("DepthToSpace", {"deep"}, {"large"}, {integer("blocksize", 2)}).node("Mul", {"large", "scale"}, {"y"});
    return build.output("y");
  };
  const Translator::Ranges ranges{ValueRange{0, 1}, ValueRange{0, 1}};
  const auto fixed = opened(enlarging(32), ranges), any = opened(enlarging(open), ranges);
  EXPECT_FALSE(fixed->is_open());
  EXPECT_TRUE(any->is_open());
  for (const auto& [width, height] : {std::pair{1, 1}, {37, 91}, {4000, 300}, {32, 32}, {20, 300}}) {
    const Image picture = smooth(width, height);
    const Result<Image> parts = fixed->apply(picture);
    ASSERT_TRUE(parts) << parts.error().text();
    EXPECT_EQ(parts->width, 2 * width);
    EXPECT_EQ(parts->height, 2 * height);
    if (width >= 32 && height >= 32) // smaller ones are continued, where the other network sees zeros
      EXPECT_LE(most_difference(*parts, *any->apply(picture)), 1) << width << " x " << height;
  }
}

TEST(Translator, GoesOneTileAStep) {
  const auto translator = opened(same({1, 3, 16, 16}));
  Result<Translation> translation = translator->begin(smooth(40, 20));
  ASSERT_TRUE(translation) << translation.error().text();
  EXPECT_EQ(translation->left(), 3 * 2);
  EXPECT_EQ(translation->picture().width, 40);
  ASSERT_TRUE(translation->step());
  EXPECT_EQ(translation->left(), 5);
  while (!translation->is_done())
    ASSERT_TRUE(translation->step());
  EXPECT_LE(most_difference(translation->picture(), smooth(40, 20)), 0);
}

TEST(Translator, TellsPicturesFromLatents) {
  const auto takes = [](std::initializer_list<std::int64_t> shape) {
    return Translator::takes_pictures(same(shape).model());
  };
  EXPECT_TRUE(takes({1, 3, 64, 64}));
  EXPECT_TRUE(takes({open, 1, open, open}));
  EXPECT_TRUE(takes({1, 32, 48, 4}));
  EXPECT_FALSE(takes({open, 100, 1, 1}));
  EXPECT_FALSE(takes({1, 1, 1, 100}));
  EXPECT_FALSE(takes({1, 16, 8, 8}));
  EXPECT_FALSE(takes({1, 100}));
}

TEST(Translator, GivesLumaNetworksTheLumaAndKeepsTheColours) {
  ModelBuilder build;
  build.input("x", {1, 1, open, open}).floats("scales", {4}, {1, 1, 3, 3});
  build.node("Resize", {"x", "", "scales"}, {"y"}, {{"mode", std::string("linear")}}).output("y");
  const auto translator = opened(build);
  Image picture = smooth(31, 17);
  Result<Image> result = translator->apply(picture);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->width, 93);
  EXPECT_EQ(result->height, 51);
  EXPECT_LE(most_difference(shrunk(*result, 3), picture), 6);

  picture.pixels[3] = 0; // the first pixel is transparent, and so is what becomes of it
  result = translator->apply(picture);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_LT(result->pixels[3], 128);
  EXPECT_EQ(result->pixels[4 * 93 - 1], 255);
}

TEST(Translator, FindsOutWhatItsNumbersMean) {
  ModelBuilder bytes; // x + 20, of 0 to 255
  bytes.input("x", {1, 3, 16, 16}).floats("twenty", {1}, {20}).node("Add", {"x", "twenty"}, {"y"}).output("y");
  const auto translator = opened(bytes);
  const Image picture = smooth(16, 16);
  Result<Image> result = translator->apply(picture);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->pixels[0], picture.pixels[0] + 20);
  EXPECT_EQ(translator->input_range()->high, 255);

  ModelBuilder tanh; // which bounds its own end
  tanh.input("x", {1, 3, 16, 16}).node("Tanh", {"x"}, {"y"}).output("y");
  const auto bounded = opened(tanh);
  result = bounded->apply(picture);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(bounded->input_range()->low, -1);
  EXPECT_EQ(result->pixels[0], to_byte(std::tanh(2 * 40 / 255.0F - 1), {-1, 1}));

  const auto told = opened(bytes, {ValueRange{0, 510}, ValueRange{0, 510}});
  result = told->apply(picture);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->pixels[0], picture.pixels[0] + 10);
}

TEST(Translator, ContinuesTheEdgesWhereANetworkTakesOnlyMultiples) {
  ModelBuilder build; // a U: to an eighth, back, and put beside the picture
  const std::vector<std::int64_t> eight{8, 8};
  build.input("x", {1, 3, open, open}).floats("scales", {4}, {1, 1, 8, 8});
  build.node("AveragePool", {"x"}, {"small"}, {{"kernel_shape", eight}, {"strides", eight}});
  build.node("Resize", {"small", "", "scales"}, {"large"}, {{"mode", std::string("nearest")}});
  build.floats("half", {1}, {0.5F}).node("Add", {"x", "large"}, {"sum"}).node("Mul", {"sum", "half"}, {"y"});
  const auto translator = opened(build.output("y"), {ValueRange{0, 1}, ValueRange{0, 1}});
  const Image picture = smooth(37, 91);
  const Result<Image> result = translator->apply(picture);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->width, 37);
  EXPECT_EQ(result->height, 91);
  EXPECT_LE(most_difference(*result, picture), 16); // half of it is the mean of 8 x 8 pixels
}

TEST(Translator, RefusesOtherNetworks) {
  ModelBuilder generator;
  generator.input("z", {1, 8}).node("Tanh", {"z"}, {"y"}).output("y");
  EXPECT_EQ(error_of(generator),
            "graph: doesn't make a picture of a picture: its input z is no float32 of four axes, one of "
            "them 1, 3 or 4 channels; `ganlet run` takes any network");
  ModelBuilder classifier;
  classifier.input("x", {1, 3, 8, 8}).node("Flatten", {"x"}, {"y"}).output("y");
  EXPECT_EQ(error_of(classifier), "graph: doesn't make a picture of a picture: its output y has no four axes with 1, 3 "
                                  "or 4 channels; `ganlet run` takes any network");
  ModelBuilder two;
  two.input("x", {1, 3, 8, 8}).input("z", {1, 3, 8, 8}).node("Add", {"x", "z"}, {"y"}).output("y");
  EXPECT_NE(error_of(two).find("it has 2 inputs"), std::string::npos);
}

} // namespace
} // namespace ganlet::test
