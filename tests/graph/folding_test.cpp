// What lowering makes disappear: normalizations, biases and activations into the linear op before them, constants into
// constants.

#include <cmath>

#include <gtest/gtest.h>

#include "support/model_builder.h"

namespace ganlet::test {
namespace {

std::vector<std::string> names_of_nodes(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes)
    names.emplace_back(op::names_of(node.operation).name);
  return names;
}

using Names = std::vector<std::string>;

ModelBuilder convolution_and_batch_normalization() {
  ModelBuilder build;
  build.input("x", {-1, 2, 4, 4})
      .ramp("w", {3, 2, 3, 3})
      .node("Conv", {"x", "w"}, {"conv"}, {integers("pads", {1, 1, 1, 1})});
  build.floats("scale", {3}, {1, 2, -1})
      .floats("bias", {3}, {0.5F, 0, 1})
      .floats("mean", {3}, {1, 0, -1})
      .floats("variance", {3}, {1, 4, 0.25F});
  build.node("BatchNormalization", {"conv", "scale", "bias", "mean", "variance"}, {"norm"}, {number("epsilon", 0)});
  return build;
}

TEST(Folding, BatchNormalizationAndReluGoIntoTheConvolution) {
  const auto graph = convolution_and_batch_normalization().node("Relu", {"norm"}, {"y"}).output("y").lower();
  ASSERT_TRUE(graph) << graph.error().text();
  ASSERT_EQ(names_of_nodes(*graph), (Names{"Transpose", "Convolution"}));
  const Node& node = graph->nodes[1];
  EXPECT_EQ(std::get<op::Convolution>(node.operation).clamp.low, 0);
  // y = (conv - mean) / sqrt(variance) * scale + bias.
  ASSERT_EQ(node.inputs.size(), 3U);
  const auto bias = graph->constant_of(node.inputs[2])->as<float>();
  EXPECT_EQ((std::vector<float>{bias[0], bias[1], bias[2]}), (std::vector<float>{0.5F - 1, 0, 1 - 2}));
  const Tensor& weights = *graph->constant_of(node.inputs[1]);
  EXPECT_EQ(weights.shape(), (Shape{3, 3, 3, 2}));
  // Output channel 2, row 0, column 1, input channel 1 is element ((2 2 + 1) 9 + 1) of the file, times -1 / 0.5.
  EXPECT_FLOAT_EQ(weights.as<float>()[((2 * 3 + 0) * 3 + 1) * 2 + 1], -2 * (static_cast<float>(46 % 24) / 8 - 1));
}

TEST(Folding, AValueThatIsReadTwiceStaysAsItIs) {
  const auto graph = convolution_and_batch_normalization().output("conv").output("norm").lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(names_of_nodes(*graph), (Names{"Transpose", "Convolution", "Mul", "Add"}));
}

TEST(Folding, AReshapeReadElsewhereProtectsWhatItReads) {
  // fc is read through two Reshapes; what follows one of them must not change what the other gives.
  ModelBuilder build;
  build.input("z", {-1, 4}).ramp("w", {4, 12}).node("Gemm", {"z", "w"}, {"fc"});
  build.integers("rows", {-1, 3, 4}).integers("flat", {-1, 12}).floats("two", {}, {2});
  build.node("Reshape", {"fc", "rows"}, {"a"})
      .node("Reshape", {"a", "flat"}, {"b"})
      .node("Mul", {"b", "two"}, {"doubled"});
  const auto graph = build.output("a").output("doubled").lower();
  ASSERT_TRUE(graph) << graph.error().text();
  const Names names = names_of_nodes(*graph);
  EXPECT_NE(std::ranges::find(names, "Mul"), names.end());
}

TEST(Folding, ABiasThatStandsApartJoinsTheProduct) {
  ModelBuilder build;
  build.input("z", {-1, 4})
      .ramp("w", {4, 6})
      .ramp("b", {6})
      .node("MatMul", {"z", "w"}, {"product"})
      .node("Add", {"b", "product"}, {"y"});
  const auto graph = build.output("y").lower();
  ASSERT_TRUE(graph) << graph.error().text();
  ASSERT_EQ(names_of_nodes(*graph), (Names{"FullyConnected"}));
  EXPECT_EQ(graph->nodes[0].inputs.size(), 3U);
}

TEST(Folding, ClampsDoNotStack) {
  ModelBuilder build;
  build.input("z", {-1, 4}).ramp("w", {4, 6}).floats("six", {}, {6});
  build.node("MatMul", {"z", "w"}, {"a"}).node("Relu", {"a"}, {"b"}).node("Clip", {"b", "", "six"}, {"y"}).output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(names_of_nodes(*graph), (Names{"FullyConnected", "Clamp"}));
}

TEST(Folding, Int8WeightsStayInt8) {
  ModelBuilder build;
  Tensor weights(DataType::int8, {6, 4});
  for (std::size_t i = 0; i < 24; ++i)
    weights.as<std::int8_t>()[i] = static_cast<std::int8_t>(i * 5 - 60);
  build.input("z", {-1, 4}).constant("q", std::move(weights)).floats("scale", {6}, {1, 2, 3, 4, 5, 6});
  build.floats("s", {6}, {1, -1, 2, 1, 1, 0})
      .ramp("b", {6})
      .floats("m", {6}, {0, 0, 0, 0, 0, 0})
      .floats("v", {6}, {1, 1, 1, 1, 1, 1});
  build.node("DequantizeLinear", {"q", "scale"}, {"w"}, {integer("axis", 0)});
  build.node("Gemm", {"z", "w"}, {"a"}, {integer("transB", 1)});
  build.node("BatchNormalization", {"a", "s", "b", "m", "v"}, {"y"}, {number("epsilon", 0)}).output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  ASSERT_EQ(names_of_nodes(*graph), (Names{"FullyConnected"}));
  const Tensor& folded = *graph->constant_of(graph->nodes[0].inputs[1]);
  ASSERT_EQ(folded.type(), DataType::int8);
  EXPECT_EQ(folded.scale[2], 6);
  // A negative factor turns the integers around and leaves the scale positive.
  EXPECT_EQ(folded.scale[1], 2);
  EXPECT_EQ(folded.as<std::int8_t>()[4], 40);
}

TEST(Folding, ConstantsAreComputedOnce) {
  ModelBuilder build;
  build.input("z", {-1, 2}).floats("a", {2}, {1, 2}).floats("b", {2}, {10, 20});
  build.node("Mul", {"a", "b"}, {"c"}).node("Sqrt", {"c"}, {"d"}).node("Max", {"z", "d"}, {"y"}).output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  ASSERT_EQ(names_of_nodes(*graph), (Names{"Max"}));
  EXPECT_FLOAT_EQ(graph->constant_of(graph->nodes[0].inputs[1])->as<float>()[1], std::sqrt(40.0F));
}

/// Of an int8 convolution behind feature maps (N,4,3,3) times `scale`.
DataType weights_behind(const std::string& scale) {
  ModelBuilder build;
  build.input("x", {-1, 4, 3, 3})
      .input("style", {-1, 4, 1, 1})
      .input("map", {-1, 4, 3, 3})
      .floats("constant", {1, 4, 1, 1}, {1, 2, 3, 4});
  build.constant("q", Tensor(DataType::int8, {2, 4, 1, 1})).floats("s", {2}, {0.5F, 0.25F});
  build.node("DequantizeLinear", {"q", "s"}, {"w"}, {integer("axis", 0)});
  build.ramp("first", {4, 4, 1, 1}).node("Conv", {"x", "first"}, {"maps"}).node("Tanh", {"maps"}, {"bent"});
  build.node("Mul", {"bent", scale}, {"scaled"}).node("Conv", {"scaled", "w"}, {"y"}).output("y");
  const auto graph = build.lower();
  EXPECT_TRUE(graph) << graph.error().text();
  const Node& convolution = *std::ranges::find_if(graph->nodes.rbegin(), graph->nodes.rend(), [](const Node& node) {
    return std::holds_alternative<op::Convolution>(node.operation);
  });
  return graph->constant_of(convolution.inputs[1])->type();
}

TEST(Folding, StylesTakeWeightsOfFloat32) {
  EXPECT_EQ(weights_behind("style"), DataType::float32);
  EXPECT_EQ(weights_behind("map"), DataType::int8);
  EXPECT_EQ(weights_behind("constant"), DataType::int8);
}

/// z times int8 weights, times a constant that is folded into them.
Result<Graph> scaled_int8(std::int8_t weight, float factor) {
  ModelBuilder build;
  build.input("z", {-1, 2})
      .constant("q", Tensor::of<std::int8_t>({2, 2}, {weight, std::int8_t{1}, std::int8_t{2}, std::int8_t{3}}))
      .floats("s", {}, {0.5F})
      .floats("f", {1}, {factor});
  build.node("DequantizeLinear", {"q", "s"}, {"w"}).node("MatMul", {"z", "w"}, {"x"}).node("Mul", {"x", "f"}, {"y"});
  return build.output("y").lower();
}

TEST(Folding, Int8WeightsTakeAFactorWhereThatIsExact) {
  const auto weights = [](const Result<Graph>& graph) { return graph->constant_of(graph->nodes[0].inputs[1]); };
  const auto folded = scaled_int8(-127, -2);
  ASSERT_TRUE(folded) << folded.error().text();
  EXPECT_EQ(weights(folded)->type(), DataType::int8);
  EXPECT_EQ(weights(folded)->scale[0], 1);
  EXPECT_EQ(weights(folded)->as<std::int8_t>()[0], 127);
  // -128 has no negative in int8.
  const auto widened = scaled_int8(-128, -2);
  ASSERT_TRUE(widened) << widened.error().text();
  EXPECT_EQ(weights(widened)->type(), DataType::float32);
  EXPECT_EQ(weights(widened)->as<float>()[0], 128);
}

TEST(Folding, AFactorThatIsNotANumberIsSeen) {
  const auto graph = scaled_int8(1, std::numeric_limits<float>::quiet_NaN());
  ASSERT_TRUE(graph) << graph.error().text();
  const Tensor& weights = *graph->constant_of(graph->nodes[0].inputs[1]);
  ASSERT_EQ(weights.type(), DataType::float32);
  EXPECT_TRUE(std::isnan(weights.as<float>()[0]));
}

TEST(Folding, SizesTooLargeForWhatTheyAreMultipliedWithHaveTheirPlace) {
  ModelBuilder build;
  build.input("x", {-1, 2}).node("Shape", {"x"}, {"s"}).node("Reshape", {"x", "s"}, {"y"});
  build.floats("w", {2, 2}, {1, 2, 3, 4}).integers("i", {0, 0, 1}).node("Gather", {"s", "i"}, {"nn2"});
  build.node("Expand", {"one", "nn2"}, {"square"}).floats("one", {1, 1, 1}, {1});
  build.node("MatMul", {"square", "w"}, {"z"}).output("z");
  const auto graph = build.lower();
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().text(), "graph.node[4] MatMul 'z': a size grows with the square of the batch");
}

TEST(Folding, CastsOfConstantsNarrowByTheirTypeInTheFile) {
  // TensorProto.DataType's codes.
  const std::pair<std::int64_t, std::vector<std::int64_t>> wanted[] = {
      {2, {44, 255, 112}},   {3, {44, -1, 112}},    {4, {300, 65535, 4464}},        {5, {300, -1, 4464}},
      {6, {300, -1, 70000}}, {7, {300, -1, 70000}}, {12, {300, 4294967295, 70000}},
  };
  for (const auto& [code, values] : wanted) {
    ModelBuilder build;
    build.input("x", {3}, DataType::int64).integers("numbers", {300, -1, 70000});
    build.node("Cast", {"numbers"}, {"narrow"}, {integer("to", code)});
    const auto graph = build.node("Add", {"x", "narrow"}, {"y"}).output("y").lower();
    ASSERT_TRUE(graph) << graph.error().text();
    ASSERT_EQ(names_of_nodes(*graph), (Names{"Add"}));
    const Tensor* const constant = graph->constant_of(graph->nodes[0].inputs[1]);
    ASSERT_NE(constant, nullptr);
    const auto given = constant->as<std::int64_t>();
    EXPECT_EQ((std::vector<std::int64_t>(given.begin(), given.end())), values) << code;
  }
}

} // namespace
} // namespace ganlet::test
