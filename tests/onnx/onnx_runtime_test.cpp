// ONNX Runtime reads what we write, and computes from it what our reference backend computes.

#include <gtest/gtest.h>

#include "compare.h"
#include "onnx/quantize.h"
#include "small_models.h"

namespace ganlet::test {
namespace {

Tensor run_reference(onnx::Model model, std::span<const NamedTensor> inputs) {
  auto graph = lower(std::move(model), {.evaluate = reference::evaluate});
  EXPECT_TRUE(graph) << graph.error().text();
  auto program = reference::backend.compile(std::move(*graph), {});
  EXPECT_TRUE(program) << program.error().text();
  std::vector<TensorView> views;
  for (const NamedTensor& input : inputs)
    views.push_back(input.tensor.view());
  const auto outputs = (*program)->run(views);
  EXPECT_TRUE(outputs) << outputs.error().text();
  const TensorView& output = (*outputs)[0];
  return Tensor::of<float>(output.shape, std::span<const float>(output.as<float>()));
}

std::vector<NamedTensor> latents(std::int64_t batch) {
  std::vector<NamedTensor> inputs;
  inputs.push_back({"z", random_tensor({batch, 4}, 77)});
  return inputs;
}

/// One channel: (N,1,H,W) and (N,H,W,1) are the same bytes.
Tensor as_onnx_image(Tensor tensor) {
  const Shape& shape = tensor.shape();
  const Shape to{shape[0], 1, 8, 8};
  return std::move(tensor).reshaped(to);
}

TEST(OnnxRuntime, DrawsTheSamePicturesFromAWrittenGenerator) {
  const onnx::Model model = small_generator().model();
  const auto inputs = latents(3);
  const Tensor theirs = run_written(model, inputs);
  EXPECT_GT(largest_magnitude(theirs), 0.1F);
  EXPECT_LT(largest_difference(as_onnx_image(run_reference(onnx::clone(model), inputs)), theirs), 1e-5F);
}

TEST(OnnxRuntime, DrawsTheSamePicturesFromAQuantizedGenerator) {
  const onnx::Model model = onnx::quantize(small_generator().model()).value();
  const auto inputs = latents(3);
  EXPECT_LT(largest_difference(as_onnx_image(run_reference(onnx::clone(model), inputs)), run_written(model, inputs)),
            1e-5F);
}

TEST(OnnxRuntime, TakesEveryOpsetThatWeWrite) {
  for (std::int64_t opset = 13; opset <= 22; ++opset)
    EXPECT_EQ(run_written(small_generator().opset(opset).model(), latents(1)).shape(), (Shape{1, 1, 8, 8})) << opset;
}

TEST(OnnxRuntime, RunsModelsWhoseTypesWereNarrower) {
  // int32 and float16 of the file are int64 and float32 in the model; casts must agree with that.
  ModelBuilder build;
  build.input("x", {4}).node("Cast", {"x"}, {"whole"}, {integer("to", 6)});
  build.constant("two", Tensor::of<std::int64_t>({1}, {2})).node("Mul", {"whole", "two"}, {"doubled"});
  build.node("Cast", {"doubled"}, {"y"}, {integer("to", 10)}).output("y", {4});
  std::vector<NamedTensor> inputs;
  inputs.push_back({"x", Tensor::of<float>({4}, {1, 2.5F, -3, 0})});
  EXPECT_EQ(largest_difference(run_written(build.model(), inputs), Tensor::of<float>({4}, {2, 4, -6, 0})), 0);
}

} // namespace
} // namespace ganlet::test
