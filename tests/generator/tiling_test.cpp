// Which networks can be cut into tiles: one test for each kind of operation, on what becomes of a picture in tiles and
// as a whole.
#include "generator/tiling.h"

#include <functional>

#include <gtest/gtest.h>

#include "generator/translator.h"
#include "onnx/writer.h"
#include "support/model_builder.h"
#include "xnn/xnn.h"

namespace ganlet::test {
namespace {

using Build = std::function<void(ModelBuilder&)>;

constexpr std::int64_t open = -1;
constexpr std::int64_t tile = 24;

/// A network from "x" to "y" on pictures of `side`.
ModelBuilder network(const Build& build, std::int64_t side) {
  ModelBuilder made;
  made.input("x", {1, 3, side, side});
  build(made);
  made.output("y");
  return made;
}

/// Of height (side 0) or width.
std::optional<SideTiling> tiling_of(const Build& build, int side) {
  Result<Graph> graph = network(build, tile).lower({}, xnn::backend.prefers);
  EXPECT_TRUE(graph) << graph.error().text();
  const auto axis = [&](const Value& value) { return static_cast<std::size_t>(memory_axis(value, 2 + side)); };
  return tiling_along(*graph, axis(graph->input(0)), axis(graph->output(0)));
}

/// A picture in which every pixel differs from its neighbours.
Image noisy(int width, int height) {
  Image picture{width, height, {}};
  for (int i = 0; i < width * height; ++i)
    for (const int value : {i * 37 % 256, i * 101 % 251, i * 11 % 241, 255})
      picture.pixels.push_back(static_cast<std::uint8_t>(value));
  return picture;
}

Image applied(const ModelBuilder& build, const Image& picture) {
  auto translator = Translator::open(onnx::write(build.model()), build.model(), {ValueRange{0, 1}, ValueRange{0, 1}},
                                     xnn::backend, {});
  EXPECT_TRUE(translator) << translator.error().text();
  Result<Image> result = (*translator)->apply(picture);
  EXPECT_TRUE(result) << result.error().text();
  return std::move(*result);
}

/// Expects the picture in tiles to equal the whole.
void expect_equal(const Build& build, int width = 37, int height = 91) {
  const Image picture = noisy(width, height);
  const Image parts = applied(network(build, tile), picture), whole = applied(network(build, open), picture);
  ASSERT_EQ(parts.width, whole.width);
  ASSERT_EQ(parts.height, whole.height);
  int most = 0;
  for (std::size_t i = 0; i < parts.pixels.size(); ++i)
    most = std::max(most, std::abs(parts.pixels[i] - whole.pixels[i]));
  EXPECT_LE(most, 1);
}

/// A convolution of `from` with unlike weights; the sum of their magnitudes is about 1.
void convolve(ModelBuilder& build, const std::string& from, const std::string& to, std::int64_t in, std::int64_t out,
              std::int64_t kernel, const std::vector<TestAttribute>& attributes, const char* op = "Conv") {
  const bool is_transposed = std::string(op) == "ConvTranspose";
  Tensor weights(DataType::float32, Shape{is_transposed ? in : out, is_transposed ? out : in, kernel, kernel});
  for (std::size_t i = 0; i < weights.as<float>().size(); ++i)
    weights.as<float>()[i] = static_cast<float>(i * 7 % 13) / static_cast<float>(6 * in * kernel * kernel);
  build.constant(to + "_weights", std::move(weights));
  build.node(op, {from, to + "_weights"}, {to}, attributes);
}

const TestAttribute pads = integers("pads", {1, 1, 1, 1});

TEST(Tiling, SaysHowFarConvolutionsSee) {
  const Build three = [](ModelBuilder& build) { convolve(build, "x", "y", 3, 3, 3, {pads}); };
  EXPECT_EQ(tiling_of(three, 0), (SideTiling{1, 1, 1}));
  expect_equal(three);
  const Build wide = [](ModelBuilder& build) {
    convolve(build, "x", "y", 3, 3, 3, {integers("pads", {2, 4, 2, 0}), integers("dilations", {2, 2})});
  };
  EXPECT_EQ(tiling_of(wide, 0), (SideTiling{1, 2, 2}));
  EXPECT_EQ(tiling_of(wide, 1), (SideTiling{1, 4, 0}));
  expect_equal(wide);
}

TEST(Tiling, KeepsToStepsOfStrides) {
  const Build around = [](ModelBuilder& build) {
    convolve(build, "x", "small", 3, 5, 3, {pads, integers("strides", {2, 2})});
    convolve(build, "small", "y", 5, 3, 4, {pads, integers("strides", {2, 2})}, "ConvTranspose");
  };
  EXPECT_EQ(tiling_of(around, 0)->period, 2);
  expect_equal(around, 38, 92);
  const Build pools = [](ModelBuilder& build) {
    const std::vector<TestAttribute> four{integers("kernel_shape", {4, 4}), integers("strides", {4, 4})};
    build.node("AveragePool", {"x"}, {"mean"}, four).node("MaxPool", {"x"}, {"most"}, four);
    build.node("Sub", {"most", "mean"}, {"small"}).floats("scales", {4}, {1, 1, 4, 4});
    build.node("Resize", {"small", "", "scales"}, {"y"}, {word("mode", "nearest")});
  };
  EXPECT_EQ(tiling_of(pools, 1)->period, 4);
  expect_equal(pools, 40, 92);
}

TEST(Tiling, FollowsEnlargedPictures) {
  for (const char* mode : {"nearest", "linear"})
    for (const char* coordinates : {"half_pixel", "asymmetric", "pytorch_half_pixel"})
      for (const float scale : {2.0F, 3.0F})
        expect_equal([&](ModelBuilder& build) {
          build.floats("scales", {4}, {1, 1, scale, scale});
          build.node(
              "Resize", {"x", "", "scales"}, {"large"},
              {word("mode", mode), word("coordinate_transformation_mode", coordinates), word("nearest_mode", "floor")});
          convolve(build, "large", "y", 3, 3, 3, {pads});
        });
  expect_equal([](ModelBuilder& build) {
    convolve(build, "x", "deep", 3, 27, 3, {pads});
    build.node("DepthToSpace", {"deep"}, {"y"}, {integer("blocksize", 3)});
  });
}

TEST(Tiling, FollowsPadding) {
  for (const char* mode : {"reflect", "edge", "constant"})
    expect_equal([&](ModelBuilder& build) {
      build.integers("pads", {0, 0, 3, 3, 0, 0, 1, 1}).node("Pad", {"x", "pads"}, {"framed"}, {word("mode", mode)});
      convolve(build, "framed", "y", 3, 3, 5, {});
    });
  expect_equal([](ModelBuilder& build) { // cut off again, before a convolution continues it with zeros
    build.integers("pads", {0, 0, 2, 2, 0, 0, 2, 2}).integers("crop", {0, 0, -2, -2, 0, 0, -2, -2});
    build.node("Pad", {"x", "pads"}, {"framed"}).node("Pad", {"framed", "crop"}, {"same"});
    convolve(build, "same", "y", 3, 3, 3, {pads});
  });
}

TEST(Tiling, FollowsWhatSeesOnePixel) {
  expect_equal([](ModelBuilder& build) { // branches that see differently far
    convolve(build, "x", "far", 3, 3, 7, {integers("pads", {3, 3, 3, 3})});
    convolve(build, "x", "near", 3, 3, 3, {pads});
    build.node("Tanh", {"far"}, {"bounded"}).node("Add", {"bounded", "near"}, {"sum"}).floats("half", {1}, {0.5F});
    build.node("Mul", {"sum", "half"}, {"mixed"}).node("Concat", {"mixed", "x"}, {"both"}, {integer("axis", 1)});
    build.integers("starts", {1}).integers("ends", {4}).integers("axes", {1});
    build.node("Slice", {"both", "starts", "ends", "axes"}, {"y"});
  });
  expect_equal([](ModelBuilder& build) { // across channels
    build.node("Softmax", {"x"}, {"shares"}, {integer("axis", 1)}).integers("channels", {1});
    build.node("ReduceMean", {"shares"}, {"mean"}, {integers("axes", {1}), integer("keepdims", 1)});
    build.node("Sub", {"x", "mean"}, {"turned"});
    build.floats("gate", {3, 1, 1}, {0.3F, 0.4F, 0.5F})
        .node("Sub", {"x", "gate"}, {"above"})
        .node("Relu", {"above"}, {"rest"});
    build.node("Cast", {"rest"}, {"is_above"}, {integer("to", 9)});
    build.node("Where", {"is_above", "turned", "x"}, {"y"});
  });
  expect_equal([](ModelBuilder& build) { // channels last
    build.node("Transpose", {"x"}, {"last"}, {integers("perm", {0, 2, 3, 1})})
        .floats("half", {1, 1, 1, 3}, {1, 0.5F, 0});
    build.node("Mul", {"last", "half"}, {"less"});
    build.node("Transpose", {"less"}, {"y"}, {integers("perm", {0, 3, 1, 2})});
  });
}

TEST(Tiling, FollowsPixelsThatAreShuffledByReshaping) {
  const Build shuffle = [](ModelBuilder& build) {
    convolve(build, "x", "deep", 3, 12, 3, {pads});
    build.integers("parts", {1, 3, 2, 2, tile, tile}).integers("whole", {1, 3, 2 * tile, 2 * tile});
    build.node("Reshape", {"deep", "parts"}, {"six"});
    build.node("Transpose", {"six"}, {"turned"}, {integers("perm", {0, 1, 4, 2, 5, 3})});
    build.node("Reshape", {"turned", "whole"}, {"y"});
  };
  EXPECT_EQ(tiling_of(shuffle, 0), (SideTiling{1, 1, 1}));
  const Build unshuffle = [](ModelBuilder& build) {
    build.integers("parts", {1, 3, tile / 2, 2, tile / 2, 2}).integers("deep", {1, 12, tile / 2, tile / 2});
    build.node("Reshape", {"x", "parts"}, {"six"});
    build.node("Transpose", {"six"}, {"turned"}, {integers("perm", {0, 1, 3, 5, 2, 4})});
    build.node("Reshape", {"turned", "deep"}, {"small"});
    convolve(build, "small", "y", 12, 3, 3, {pads});
  };
  EXPECT_EQ(tiling_of(unshuffle, 1), (SideTiling{2, 2, 2}));
}

TEST(Tiling, RefusesWhatSeesTheWholePictureOrItsPlace) {
  const std::vector<std::pair<const char*, Build>> cases{
      {"a mean of the picture",
       [](ModelBuilder& build) {
         build.floats("scale", {3}, {1, 1, 1}).floats("shift", {3}, {0, 0, 0});
         build.node("InstanceNormalization", {"x", "scale", "shift"}, {"y"});
       }},
      {"a global pool",
       [](ModelBuilder& build) { build.node("GlobalAveragePool", {"x"}, {"mean"}).node("Sub", {"x", "mean"}, {"y"}); }},
      {"a row's sum",
       [](ModelBuilder& build) {
         build.integers("axes", {3}).node("ReduceSum", {"x", "axes"}, {"most"}, {integer("keepdims", 1)});
         build.node("Sub", {"x", "most"}, {"y"});
       }},
      {"attention",
       [](ModelBuilder& build) {
         build.node("Transpose", {"x"}, {"turned"}, {integers("perm", {0, 1, 3, 2})});
         build.node("MatMul", {"x", "turned"}, {"likeness"}).node("Softmax", {"likeness"}, {"shares"});
         build.node("MatMul", {"shares", "x"}, {"y"});
       }},
      {"a softmax along rows", [](ModelBuilder& build) { build.node("Softmax", {"x"}, {"y"}, {integer("axis", 2)}); }},
      {"a product along rows",
       [](ModelBuilder& build) { build.ramp("matrix", {tile, tile}).node("MatMul", {"x", "matrix"}, {"y"}); }},
      {"a layer of all pixels",
       [](ModelBuilder& build) {
         build.node("Flatten", {"x"}, {"row"}).ramp("matrix", {3 * tile * tile, 3 * 4});
         build.node("MatMul", {"row", "matrix"}, {"small"}).integers("shape", {1, 3, 2, 2});
         build.node("Reshape", {"small", "shape"}, {"y"});
       }},
      {"corners that are aligned",
       [](ModelBuilder& build) {
         build.floats("scales", {4}, {1, 1, 2, 2});
         build.node("Resize", {"x", "", "scales"}, {"y"},
                    {word("mode", "linear"), word("coordinate_transformation_mode", "align_corners")});
       }},
      {"a size that is no multiple",
       [](ModelBuilder& build) {
         build.integers("sizes", {1, 3, 37, 37}).node("Resize", {"x", "", "", "sizes"}, {"y"});
       }},
      {"a place",
       [](ModelBuilder& build) { build.ramp("where", {1, 1, tile, tile}).node("Add", {"x", "where"}, {"y"}); }},
      {"a place beside",
       [](ModelBuilder& build) {
         build.ramp("where", {1, 1, tile, tile}).node("Concat", {"x", "where"}, {"y"}, {integer("axis", 1)});
       }},
      {"half of it",
       [](ModelBuilder& build) {
         build.integers("starts", {0}).integers("ends", {tile / 2}).integers("axes", {2});
         build.node("Slice", {"x", "starts", "ends", "axes"}, {"y"});
       }},
      {"twice beside itself",
       [](ModelBuilder& build) { build.node("Concat", {"x", "x"}, {"y"}, {integer("axis", 3)}); }},
      {"rows in another order",
       [](ModelBuilder& build) {
         Tensor order(DataType::int64, Shape{tile});
         for (std::int64_t i = 0; i < tile; ++i)
           order.as<std::int64_t>()[static_cast<std::size_t>(i)] = tile - 1 - i;
         build.constant("order", std::move(order)).node("Gather", {"x", "order"}, {"y"}, {integer("axis", 2)});
       }},
      {"sides exchanged",
       [](ModelBuilder& build) { build.node("Transpose", {"x"}, {"y"}, {integers("perm", {0, 1, 3, 2})}); }},
  };
  for (const auto& [what, build] : cases)
    EXPECT_FALSE(tiling_of(build, 0) && tiling_of(build, 1)) << what;
}

} // namespace
} // namespace ganlet::test
