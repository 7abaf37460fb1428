#include "onnx/join_styles.h"

#include <cmath>

#include <gtest/gtest.h>

#include "onnx/writer.h"
#include "support/model_builder.h"
#include "support/onnx_runtime.h"

namespace ganlet::onnx {
namespace {

using test::ModelBuilder;

/// w = 2 z. Values and nodes have the names that those of the other network have.
Model mapping(std::int64_t opset = 17) {
  ModelBuilder build;
  build.opset(opset).input("z", {-1, 2}).floats("factor", Shape{1}, {2}).node("Mul", {"z", "factor"}, {"scaled"});
  build.output("scaled");
  Model model = build.model();
  model.nodes[0].name = "Mul_0";
  return model;
}

/// The sum of three layers' styles and of ten times the noise.
Model synthesis() {
  ModelBuilder build;
  build.input("w", {-1, 3, 2}).input("noise", {-1, 2}).floats("factor", Shape{1}, {10});
  build.node("Mul", {"noise", "factor"}, {"scaled"}).integers("axis", {1});
  build.node("ReduceSum", {"w", "axis"}, {"styles"}, {test::integer("keepdims", 0)});
  build.node("Add", {"styles", "scaled"}, {"image"}).output("image");
  Model model = build.model();
  model.nodes[0].name = "Mul_0";
  return model;
}

TEST(JoinStyles, EachLayerGetsTheStyleAndTheNoiseIsAConstant) {
  const Result<Model> joined = join_styles(mapping(), synthesis(), {0.5F, -1});
  ASSERT_TRUE(joined) << joined.error().text();
  ASSERT_EQ(joined->inputs.size(), 1U);
  EXPECT_EQ(joined->inputs[0].name, "z");
  test::NamedTensor z{"z", Tensor::of<float>(Shape{2, 2}, {1, 2, 3, 4})};
  std::vector<test::NamedTensor> inputs;
  inputs.push_back(std::move(z));
  // ONNX Runtime refuses a model in which two values or nodes have one name.
  const Tensor image = test::run_in_onnx_runtime(write(*joined), inputs);
  ASSERT_EQ(image.shape(), (Shape{2, 2}));
  const std::vector<float> wanted{6 + 5, 12 - 10, 18 + 5, 24 - 10},
      drawn(image.as<float>().begin(), image.as<float>().end());
  EXPECT_EQ(drawn, wanted);
}

TEST(JoinStyles, SaysWhatDoesNotFit) {
  const auto message = [](Model first, Model second, const std::vector<float>& noise) {
    const Result<Model> joined = join_styles(std::move(first), std::move(second), noise);
    return joined ? std::string() : joined.error().text();
  };
  EXPECT_EQ(noise_size(synthesis()), 2);
  EXPECT_EQ(noise_size(mapping()), 2); // z, for all that can be told
  EXPECT_EQ(message(synthesis(), synthesis(), {0, 0}),
            "mapping: must have one input z, float32 (N, Z), and one output");
  EXPECT_EQ(
      message(mapping(), mapping(), {0, 0}),
      "synthesis: must have the inputs w, float32 (N, layers, W), and noise, float32 (N, pixels), and one output");
  EXPECT_EQ(message(mapping(), synthesis(), {0}), "noise: has 1 numbers, the synthesis network takes 2");
  EXPECT_EQ(message(mapping(18), synthesis(), {0, 0}), "mapping: is of opset 18, the synthesis network of 17");
}

} // namespace
} // namespace ganlet::onnx
