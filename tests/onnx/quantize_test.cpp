#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "compare.h"
#include "onnx/quantize.h"
#include "onnx/reader.h"
#include "same_model.h"
#include "small_models.h"

namespace ganlet::test {
namespace {

ModelBuilder one_layer(const std::string& op_type, const Shape& weights,
                       const std::vector<TestAttribute>& attributes = {}) {
  ModelBuilder build;
  build.input("x", {-1, 4})
      .constant("w", random_tensor(weights, 1))
      .node(op_type, {"x", "w"}, {"y"}, attributes)
      .output("y");
  return build;
}

const onnx::Node* find_node(const onnx::Model& model, std::string_view op_type) {
  const auto found = std::ranges::find(model.nodes, op_type, &onnx::Node::op_type);
  return found == model.nodes.end() ? nullptr : &*found;
}

/// Checks int8 * scale against the weights element by element: at most half a step off, and the largest of each channel
/// at 127.
void expect_quantized_along(const onnx::Model& before, int axis) {
  const auto after = onnx::quantize(onnx::clone(before));
  ASSERT_TRUE(after) << after.error().text();
  const onnx::Node* node = find_node(*after, "DequantizeLinear");
  ASSERT_TRUE(node);
  EXPECT_EQ(std::get<std::int64_t>(*node->find("axis")), axis);
  EXPECT_EQ(node->outputs, std::vector<std::string>{"w"});
  const Tensor& weights = before.initializers.at("w");
  const Tensor& integers = after->initializers.at(node->inputs[0]);
  const Tensor& scale = after->initializers.at(node->inputs[1]);
  ASSERT_EQ(integers.type(), DataType::int8);
  ASSERT_EQ(integers.shape(), weights.shape());
  ASSERT_EQ(scale.shape(), (Shape{weights.shape()[axis]}));
  std::int64_t inner = 1;
  for (int a = axis + 1; a < weights.shape().rank(); ++a)
    inner *= weights.shape()[a];
  std::vector<int> largest(scale.as<float>().size());
  for (std::size_t i = 0; i < weights.as<float>().size(); ++i) {
    const std::size_t channel = i / static_cast<std::size_t>(inner) % largest.size();
    const int value = integers.as<std::int8_t>()[i];
    largest[channel] = std::max(largest[channel], std::abs(value));
    EXPECT_LE(std::fabs(static_cast<float>(value) * scale.as<float>()[channel] - weights.as<float>()[i]),
              0.501F * scale.as<float>()[channel]);
  }
  EXPECT_EQ(largest, std::vector<int>(largest.size(), 127));
}

TEST(Quantize, ScalesRunAlongTheOutputChannels) {
  expect_quantized_along(one_layer("Conv", {6, 4, 3, 3}).model(), 0);
  expect_quantized_along(one_layer("ConvTranspose", {4, 6, 3, 3}).model(), 1);
  expect_quantized_along(one_layer("Gemm", {4, 6}).model(), 1);
  expect_quantized_along(one_layer("Gemm", {6, 4}, {integer("transB", 1)}).model(), 0);
  expect_quantized_along(one_layer("MatMul", {4, 6}).model(), 1);
}

TEST(Quantize, AChannelOfZerosHasScaleOne) {
  ModelBuilder build;
  build.input("x", {-1, 2}).floats("w", {2, 3}, {0, 1e-36F, 1, 0, 0, -2}).node("MatMul", {"x", "w"}, {"y"}).output("y");
  const auto after = onnx::quantize(build.model());
  ASSERT_TRUE(after) << after.error().text();
  EXPECT_TRUE(same(after->initializers.at("w.scale"), Tensor::of<float>({3}, {1, 1, 2.0F / 127})));
  EXPECT_TRUE(same(after->initializers.at("w.int8"), Tensor::of<std::int8_t>({2, 3}, {0, 0, 64, 0, 0, -127})));
}

TEST(Quantize, BiasesStayFloat) {
  const auto after = onnx::quantize(small_generator().model());
  ASSERT_TRUE(after) << after.error().text();
  for (const onnx::Node& node : after->nodes)
    if (node.inputs.size() > 2)
      EXPECT_EQ(after->initializers.at(node.inputs[2]).type(), DataType::float32) << node.name;
}

TEST(Quantize, WeightsThatOtherNodesReadStayFloat) {
  ModelBuilder build = one_layer("MatMul", {4, 4});
  build.constant("v", random_tensor({4, 4}, 2))
      .node("MatMul", {"y", "v"}, {"z"})
      .node("Add", {"w", "z"}, {"sum"})
      .output("sum");
  const auto after = onnx::quantize(build.model());
  ASSERT_TRUE(after) << after.error().text();
  EXPECT_EQ(after->initializers.at("w").type(), DataType::float32);
  EXPECT_EQ(after->initializers.at("v.int8").type(), DataType::int8);
}

TEST(Quantize, WeightsReadAlongTwoAxesStayFloat) {
  ModelBuilder build = one_layer("Gemm", {4, 4});
  build.node("Gemm", {"y", "w"}, {"z"}, {integer("transB", 1)}).output("z");
  EXPECT_EQ(onnx::quantize(build.model()).error().text(),
            "graph: has no float32 weights of Conv, ConvTranspose, Gemm or MatMul to quantize");
}

TEST(Quantize, SharedWeightsAreQuantizedOnce) {
  ModelBuilder build = one_layer("MatMul", {4, 4});
  build.node("MatMul", {"y", "w"}, {"z"}).output("z");
  const auto after = onnx::quantize(build.model());
  ASSERT_TRUE(after) << after.error().text();
  EXPECT_EQ(std::ranges::count(after->nodes, "DequantizeLinear", &onnx::Node::op_type), 1);
  EXPECT_TRUE(onnx::read(onnx::write(*after), Limits{}));
}

TEST(Quantize, NamesThatAreTakenAreNotTakenAgain) {
  ModelBuilder build = one_layer("MatMul", {4, 4});
  build.constant("w.int8", random_tensor({4}, 2)).node("Add", {"y", "w.int8"}, {"z"}).output("z");
  const auto after = onnx::quantize(build.model());
  ASSERT_TRUE(after) << after.error().text();
  EXPECT_EQ(after->initializers.at("w.int8").type(), DataType::float32);
  EXPECT_EQ(after->initializers.at("w.int8_2").type(), DataType::int8);
}

TEST(Quantize, AWeightThatIsNotANumberIsRefused) {
  ModelBuilder build;
  build.input("x", {-1, 1})
      .floats("w", {1, 2}, {1, std::numeric_limits<float>::quiet_NaN()})
      .node("MatMul", {"x", "w"}, {"y"})
      .output("y");
  const auto after = onnx::quantize(build.model());
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().text(), "graph.initializer 'w': holds a weight that is not finite");
}

TEST(Quantize, AGeneratorIsSmallerAndDrawsNearlyTheSame) {
  const onnx::Model before = small_generator().model();
  const onnx::Model after = onnx::quantize(onnx::clone(before)).value();
  std::vector<NamedTensor> inputs;
  inputs.push_back({"z", random_tensor({8, 4}, 77)});
  const Tensor wanted = run_written(before, inputs), got = run_written(after, inputs);
  double squares = 0;
  for (std::size_t i = 0; i < wanted.as<float>().size(); ++i)
    squares += std::pow(wanted.as<float>()[i] - got.as<float>()[i], 2.0F);
  // Pixels span [-1, 1]: the peak is 2.
  const double psnr = 10 * std::log10(4 / (squares / static_cast<double>(wanted.as<float>().size())));
  EXPECT_GT(psnr, 35);
  EXPECT_EQ(find_node(after, "BatchNormalization"), nullptr);
}

/// The largest weight of each input channel of the last convolution, of (1,2,3,3).
std::array<float, 2> largest_of_last(const onnx::Model& model) {
  std::array<float, 2> largest{};
  for (std::size_t i = 0; const float value : model.initializers.at("last.weight").as<float>())
    largest[i++ / 9] = std::max(largest[i / 9 % 2], std::fabs(value));
  return largest;
}

TEST(BalanceChannels, TheLastConvolutionsInputsWeighAlikeAndThePictureStays) {
  onnx::Model before = small_generator().model();
  onnx::fold_batch_normalization(before);
  for (float& value : before.initializers.at("last.weight").as<float>().first(9))
    value *= 30;
  onnx::Model after = onnx::clone(before);
  onnx::balance_channels(after);
  const auto [first, second] = largest_of_last(after);
  EXPECT_NEAR(first, second, 1e-4F * first);
  std::vector<NamedTensor> inputs;
  inputs.push_back({"z", random_tensor({8, 4}, 77)});
  const Tensor wanted = run_written(before, inputs), got = run_written(after, inputs);
  for (std::size_t i = 0; i < wanted.as<float>().size(); ++i)
    EXPECT_NEAR(wanted.as<float>()[i], got.as<float>()[i], 1e-4F);
}

TEST(BalanceChannels, AnActivationOfNothingIsLeftAlone) {
  ModelBuilder build;
  build.node("Relu", {}, {"x"})
      .constant("w", random_tensor({1, 2, 3, 3}, 1))
      .node("Conv", {"x", "w"}, {"y"})
      .output("y");
  onnx::Model model = build.model();
  onnx::balance_channels(model);
  EXPECT_TRUE(std::ranges::equal(model.initializers.at("w").as<float>(), random_tensor({1, 2, 3, 3}, 1).as<float>()));
}

TEST(BalanceChannels, WhatOthersReadStays) {
  onnx::Model before = small_generator().model();
  onnx::fold_batch_normalization(before);
  before.outputs.push_back({"up_bent", DataType::float32, std::nullopt});
  onnx::Model after = onnx::clone(before);
  onnx::balance_channels(after);
  EXPECT_TRUE(std::ranges::equal(after.initializers.at("last.weight").as<float>(),
                                 before.initializers.at("last.weight").as<float>()));
}

} // namespace
} // namespace ganlet::test
