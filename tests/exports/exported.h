#pragma once

#include <algorithm>
#include <cmath>
#include <memory>

#include <gtest/gtest.h>

#include "core/rng.h"
#include "generator/model.h"
#include "generator/onnx_order.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "support/model_builder.h"
#include "support/onnx_runtime.h"
#include "xnn/xnn.h"

/// Generators as the exporters of PyTorch and Keras write them, with random weights, built here node for node or read
/// from files that an exporter wrote: each is read from its file's bytes, drawn by both backends and compared with what
/// ONNX Runtime makes of the same bytes.
namespace ganlet::test {

/// Weights that keep activations of about one size (He et al. 2015), or biases and the like around `mean`.
class ExportBuilder : public ModelBuilder {
 public:
  ExportBuilder& weights(const std::string& name, const Shape& shape, float deviation, float mean = 0) {
    Tensor tensor(DataType::float32, shape);
    Rng(++seed_).fill_normal(tensor.as<float>());
    for (float& value : tensor.as<float>())
      value = mean + value * deviation;
    constant(name, std::move(tensor));
    return *this;
  }
  ExportBuilder& batch_normalization(const std::string& name, const std::string& x, const std::string& y,
                                     std::int64_t channels) {
    const Shape shape{channels};
    weights(name + ".weight", shape, 0.2F, 1)
        .weights(name + ".bias", shape, 0.3F)
        .weights(name + ".running_mean", shape, 0.3F);
    Tensor variance(DataType::float32, shape);
    for (std::size_t i = 0; i < variance.as<float>().size(); ++i)
      variance.as<float>()[i] = 0.5F + 0.1F * static_cast<float>(i % 8);
    constant(name + ".running_var", std::move(variance));
    node("BatchNormalization", {x, name + ".weight", name + ".bias", name + ".running_mean", name + ".running_var"},
         {y}, {number("epsilon", 1e-5F), number("momentum", 0.9F)});
    return *this;
  }

 private:
  std::uint64_t seed_ = 100;
};

inline NamedTensor normal_input(const std::string& name, const Shape& shape, std::uint64_t seed = 7) {
  NamedTensor input{name, Tensor(DataType::float32, shape)};
  Rng(seed).fill_normal(input.tensor.as<float>());
  return input;
}

inline std::vector<float> run_ours(std::span<const std::byte> file, const Backend& backend,
                                   const std::vector<NamedTensor>& inputs) {
  auto model = onnx::read(file, {});
  EXPECT_TRUE(model) << model.error().text();
  auto graph =
      model ? lower(std::move(*model), {.evaluate = reference::evaluate}) : tl::unexpected(std::move(model).error());
  EXPECT_TRUE(graph) << graph.error().text();
  if (!graph)
    return {};
  auto program = backend.compile(std::move(*graph), {});
  EXPECT_TRUE(program) << program.error().text();
  std::vector<TensorView> views;
  for (const NamedTensor& input : inputs)
    views.push_back(input.tensor.view());
  const auto outputs = (*program)->run(views);
  EXPECT_TRUE(outputs) << outputs.error().text();
  const Graph& lowered = (*program)->graph();
  const Tensor output = onnx_order(lowered.values[static_cast<std::size_t>(lowered.outputs[0])], (*outputs)[0]);
  const auto values = output.as<float>();
  return {values.begin(), values.end()};
}

/// The same to 1e-4 in both backends, and, if it `draws`, a generator whose parts are found without a model.json.
inline void expect_as_onnx_runtime(std::span<const std::byte> file, const std::vector<NamedTensor>& inputs,
                                   const Tensor& theirs, bool draws = true) {
  const std::span<const float> expected = theirs.as<float>();
  ASSERT_FALSE(expected.empty());
  EXPECT_GT(std::ranges::max(expected) - std::ranges::min(expected), 0.1F) << "a flat picture tells nothing";
  for (const Backend* backend : {&reference::backend, &xnn::backend}) {
    const std::vector<float> ours = run_ours(file, *backend, inputs);
    ASSERT_EQ(ours.size(), expected.size());
    float largest = 0, scale = 1;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      largest = std::max(largest, std::fabs(ours[i] - expected[i]));
      scale = std::max(scale, std::fabs(expected[i]));
    }
    EXPECT_LE(largest, 1e-4F * scale) << (backend == &xnn::backend ? "XNNPACK" : "reference");
  }
  const auto model = Model::open_file(file, "exported", {.backend = &xnn::backend});
  EXPECT_EQ(model.has_value(), draws) << (draws ? model.error().text() : "it draws");
}

inline void expect_as_onnx_runtime(std::span<const std::byte> file, const std::vector<NamedTensor>& inputs) {
  expect_as_onnx_runtime(file, inputs, run_in_onnx_runtime(file, inputs));
}

inline void expect_as_onnx_runtime(const ModelBuilder& build, const std::vector<NamedTensor>& inputs) {
  expect_as_onnx_runtime(onnx::write(build.model()), inputs);
}

} // namespace ganlet::test
