// Folded or not, ONNX Runtime computes the same.

#include <algorithm>

#include <gtest/gtest.h>

#include "compare.h"
#include "onnx/quantize.h"
#include "small_models.h"

namespace ganlet::test {
namespace {

std::int64_t count_of(const onnx::Model& model, std::string_view op_type) {
  return std::ranges::count_if(model.nodes, [&](const onnx::Node& node) { return node.op_type == op_type; });
}

/// How many BatchNormalizations are left once it is folded; that nothing else changes is checked here.
std::int64_t left_after_folding(const onnx::Model& model, const Shape& x) {
  std::vector<NamedTensor> inputs;
  inputs.push_back({"x", random_tensor(x, 99)});
  onnx::Model folded = onnx::clone(model);
  onnx::fold_batch_normalization(folded);
  const Tensor before = run_written(model, inputs), after = run_written(folded, inputs);
  EXPECT_GT(largest_magnitude(before), 0.1F);
  EXPECT_LT(largest_difference(before, after), 1e-5F * std::max(1.0F, largest_magnitude(before)));
  EXPECT_EQ(folded.outputs[0].name, "y");
  return count_of(folded, "BatchNormalization");
}

ModelBuilder convolution(const std::string& op_type, const Shape& weights, std::int64_t groups, std::int64_t outputs,
                         bool bias) {
  ModelBuilder build;
  build.input("x", {2, 4, 5, 5}).constant("w", random_tensor(weights, 1));
  std::vector<std::string> inputs{"x", "w"};
  if (bias) {
    build.constant("b", random_tensor({outputs}, 2));
    inputs.push_back("b");
  }
  build.node(op_type, inputs, {"c"}, {integer("group", groups)});
  add_batch_normalization(build, "c", "y", outputs, 5);
  build.output("y", {2, outputs, -1, -1});
  return build;
}

TEST(FoldBatchNormalization, AfterConv) {
  EXPECT_EQ(left_after_folding(convolution("Conv", {6, 4, 3, 3}, 1, 6, false).model(), {2, 4, 5, 5}), 0);
  EXPECT_EQ(left_after_folding(convolution("Conv", {6, 4, 3, 3}, 1, 6, true).model(), {2, 4, 5, 5}), 0);
  EXPECT_EQ(left_after_folding(convolution("Conv", {6, 2, 3, 3}, 2, 6, true).model(), {2, 4, 5, 5}), 0);
}

TEST(FoldBatchNormalization, AfterConvTranspose) {
  EXPECT_EQ(left_after_folding(convolution("ConvTranspose", {4, 6, 3, 3}, 1, 6, false).model(), {2, 4, 5, 5}), 0);
  EXPECT_EQ(left_after_folding(convolution("ConvTranspose", {4, 3, 3, 3}, 2, 6, true).model(), {2, 4, 5, 5}), 0);
  EXPECT_EQ(left_after_folding(convolution("ConvTranspose", {4, 2, 3, 3}, 4, 8, true).model(), {2, 4, 5, 5}), 0);
}

ModelBuilder gemm(const std::vector<TestAttribute>& attributes, const Shape& weights, std::optional<Shape> bias,
                  std::int64_t outputs) {
  ModelBuilder build;
  build.input("x", {-1, 3}).constant("w", random_tensor(weights, 1));
  std::vector<std::string> inputs{"x", "w"};
  if (bias) {
    build.constant("b", random_tensor(*bias, 2));
    inputs.push_back("b");
  }
  build.node("Gemm", inputs, {"g"}, attributes);
  add_batch_normalization(build, "g", "y", outputs, 5);
  build.output("y", {-1, outputs});
  return build;
}

TEST(FoldBatchNormalization, AfterGemm) {
  EXPECT_EQ(left_after_folding(gemm({}, {3, 5}, std::nullopt, 5).model(), {4, 3}), 0);
  EXPECT_EQ(left_after_folding(gemm({integer("transB", 1)}, {5, 3}, Shape{5}, 5).model(), {4, 3}), 0);
  EXPECT_EQ(
      left_after_folding(gemm({number("alpha", 0.5F), number("beta", 2)}, {3, 5}, Shape{1, 5}, 5).model(), {4, 3}), 0);
}

TEST(FoldBatchNormalization, NotWhereTheBiasDiffersFromRowToRow) {
  EXPECT_EQ(left_after_folding(gemm({}, {3, 5}, Shape{5, 1}, 5).model(), {5, 3}), 1);
}

TEST(FoldBatchNormalization, ThroughAReshapeToImages) {
  ModelBuilder build;
  build.input("x", {-1, 3}).constant("w", random_tensor({3, 40}, 1)).node("MatMul", {"x", "w"}, {"m"});
  build.integers("shape", {-1, 10, 2, 2}).node("Reshape", {"m", "shape"}, {"r"});
  add_batch_normalization(build, "r", "y", 10, 5);
  build.output("y", {-1, 10, 2, 2});
  EXPECT_EQ(left_after_folding(build.model(), {4, 3}), 0);
}

TEST(FoldBatchNormalization, NotAfterAProductThatMayNotBeAMatrix) {
  // Of (2,5,3) x (3,5) axis 1 is normalized, which isn't the columns.
  ModelBuilder build;
  build.input("x", {2, 5, 3}).constant("w", random_tensor({3, 5}, 1)).node("MatMul", {"x", "w"}, {"m"});
  add_batch_normalization(build, "m", "y", 5, 5);
  build.output("y", {2, 5, 5});
  EXPECT_EQ(left_after_folding(build.model(), {2, 5, 3}), 1);
}

TEST(FoldBatchNormalization, NotWhereTheLinearNodeHasOtherReaders) {
  ModelBuilder build;
  build.input("x", {-1, 3}).constant("w", random_tensor({3, 5}, 1)).node("Gemm", {"x", "w"}, {"g"});
  add_batch_normalization(build, "g", "n", 5, 5);
  build.node("Add", {"n", "g"}, {"y"}).output("y", {-1, 5});
  EXPECT_EQ(left_after_folding(build.model(), {4, 3}), 1);
}

TEST(FoldBatchNormalization, NotWhereTheWeightsAreShared) {
  ModelBuilder build;
  build.input("x", {-1, 5}).constant("w", random_tensor({5, 5}, 1)).node("Gemm", {"x", "w"}, {"g"});
  add_batch_normalization(build, "g", "n", 5, 5);
  build.node("Gemm", {"n", "w"}, {"y"}).output("y", {-1, 5});
  EXPECT_EQ(left_after_folding(build.model(), {4, 5}), 1);
}

TEST(FoldBatchNormalization, NotAfterAnActivation) {
  ModelBuilder build;
  build.input("x", {-1, 3})
      .constant("w", random_tensor({3, 5}, 1))
      .node("Gemm", {"x", "w"}, {"g"})
      .node("Relu", {"g"}, {"a"});
  add_batch_normalization(build, "a", "y", 5, 5);
  build.output("y", {-1, 5});
  EXPECT_EQ(left_after_folding(build.model(), {4, 3}), 1);
}

TEST(FoldBatchNormalization, WeightsFromConstantNodesAndIdentities) {
  ModelBuilder build;
  build.input("x", {-1, 3}).node("Constant", {}, {"w0"}).node("Identity", {"w0"}, {"w"});
  build.node("Gemm", {"x", "w"}, {"g"});
  add_batch_normalization(build, "g", "y", 5, 5);
  build.output("y", {-1, 5});
  onnx::Model model = build.model();
  model.nodes[0].attributes.push_back({"value", random_tensor({3, 5}, 1)});
  EXPECT_EQ(left_after_folding(model, {4, 3}), 0);
}

/// The float32 constants that the nodes of a network read once it is lowered, in their order.
std::vector<float> constants_of(onnx::Model model) {
  const auto graph = lower(std::move(model), {.evaluate = reference::evaluate});
  EXPECT_TRUE(graph) << graph.error().text();
  std::vector<float> values;
  if (!graph)
    return values;
  for (const Node& node : graph->nodes)
    for (const ValueId id : node.inputs)
      if (const Tensor* constant = id == no_value ? nullptr : graph->constant_of(id);
          constant && constant->type() == DataType::float32)
        values.insert(values.end(), constant->as<float>().begin(), constant->as<float>().end());
  return values;
}

// Lowering folds as well: a network whose file was folded draws the same, bit for bit.
TEST(FoldBatchNormalization, RoundsAsLoweringDoes) {
  const std::pair<std::string, onnx::Model> models[] = {
      {"Conv", convolution("Conv", {6, 4, 3, 3}, 1, 6, true).model()},
      {"Conv without a bias", convolution("Conv", {6, 4, 3, 3}, 1, 6, false).model()},
      {"ConvTranspose", convolution("ConvTranspose", {4, 3, 3, 3}, 2, 6, true).model()},
      {"Gemm", gemm({}, {3, 50}, Shape{50}, 50).model()},
      {"a generator", small_generator().model()}};
  for (const auto& [name, model] : models) {
    onnx::Model folded = onnx::clone(model);
    onnx::fold_batch_normalization(folded);
    const std::vector<float> wanted = constants_of(onnx::clone(model));
    EXPECT_GT(wanted.size(), 50U);
    EXPECT_EQ(constants_of(std::move(folded)), wanted) << name;
  }
}

TEST(FoldBatchNormalization, WholeGenerator) {
  onnx::Model model = small_generator().model();
  onnx::fold_batch_normalization(model);
  EXPECT_EQ(count_of(model, "BatchNormalization"), 0);
  EXPECT_FALSE(model.initializers.contains("normal.mean"));
}

} // namespace
} // namespace ganlet::test
