// What operators meant in opsets 7 to 12: ONNX Runtime runs the old file, ganlet what it has been brought to, and ONNX
// Runtime that as well.

#include "onnx/upgrade.h"

#include <set>

#include <gtest/gtest.h>

#include "compare.h"
#include "graph/lower.h"
#include "onnx/reader.h"
#include "reference/reference.h"
#include "support/model_builder.h"

namespace ganlet::test {
namespace {

struct OldNode {
  const char* name;
  std::int64_t opset;
  std::vector<std::int64_t> shape; ///< of x
  void (*add)(ModelBuilder& build);
};

Tensor ramp_of(const std::vector<std::int64_t>& sizes) {
  Tensor tensor(DataType::float32, Shape::make(sizes, {}, "").value());
  for (std::size_t i = 0; i < tensor.as<float>().size(); ++i)
    tensor.as<float>()[i] = static_cast<float>(i * 7 % 23) / 8 - 1;
  return tensor;
}

/// The answer in the file's order.
Tensor run_reference(onnx::Model model, const Tensor& x) {
  auto graph = lower(std::move(model), {.evaluate = reference::evaluate});
  EXPECT_TRUE(graph) << graph.error().text();
  const Value value = graph->values[static_cast<std::size_t>(graph->outputs[0])];
  const auto program = reference::backend.compile(std::move(*graph), {});
  const TensorView view = x.view();
  const auto outputs = (*program)->run(std::span(&view, 1));
  EXPECT_TRUE(outputs) << outputs.error().text();
  const TensorView& y = (*outputs)[0];
  const auto values = y.as<const float>();
  if (!value.channels_last)
    return Tensor::of<float>(y.shape, values);
  const std::int64_t height = y.shape[1], width = y.shape[2], channels = y.shape[3];
  Tensor ordered(DataType::float32, Shape{y.shape[0], channels, height, width});
  std::size_t at = 0;
  for (std::int64_t n = 0; n < y.shape[0]; ++n)
    for (std::int64_t c = 0; c < channels; ++c)
      for (std::int64_t pixel = 0; pixel < height * width; ++pixel)
        ordered.as<float>()[at++] = values[static_cast<std::size_t>((n * height * width + pixel) * channels + c)];
  return ordered;
}

const OldNode old_nodes[] = {
    {"clip by attributes",
     9,
     {2, 5},
     [](ModelBuilder& build) { build.node("Clip", {"x"}, {"y"}, {number("min", -0.5F), number("max", 0.75F)}); }},
    {"clip with one bound",
     7,
     {2, 5},
     [](ModelBuilder& build) { build.node("Clip", {"x"}, {"y"}, {number("max", 0.25F)}); }},
    {"pad by attributes",
     10,
     {1, 2, 3, 3},
     [](ModelBuilder& build) {
       build.node("Pad", {"x"}, {"y"}, {integers("pads", {0, 0, 1, 2, 0, 0, 1, 0}), number("value", 0.5F)});
     }},
    {"reflected pad by attributes",
     9,
     {1, 2, 3, 3},
     [](ModelBuilder& build) {
       build.node("Pad", {"x"}, {"y"}, {word("mode", "reflect"), integers("pads", {0, 0, 1, 2, 0, 0, 1, 0})});
     }},
    {"slice by attributes",
     9,
     {1, 4, 6},
     [](ModelBuilder& build) {
       build.node("Slice", {"x"}, {"y"},
                  {integers("starts", {1, 2}), integers("ends", {3, 5}), integers("axes", {1, 2})});
     }},
    {"slice of the first axes",
     7,
     {1, 4, 6},
     [](ModelBuilder& build) {
       build.node("Slice", {"x"}, {"y"}, {integers("starts", {0, -3}), integers("ends", {9, -1})});
     }},
    {"squeeze and unsqueeze by attributes",
     11,
     {2, 1, 3, 1},
     [](ModelBuilder& build) {
       build.node("Squeeze", {"x"}, {"s"}, {integers("axes", {1, 3})});
       build.node("Unsqueeze", {"s"}, {"y"}, {integers("axes", {1})});
     }},
    {"split by an attribute",
     12,
     {2, 5},
     [](ModelBuilder& build) {
       build.node("Split", {"x"}, {"a", "b"}, {integer("axis", 1), integers("split", {2, 3})});
       build.node("Concat", {"b", "a"}, {"y"}, {integer("axis", 1)});
     }},
    {"sum over axes of an attribute",
     11,
     {2, 3, 4},
     [](ModelBuilder& build) {
       build.node("ReduceSum", {"x"}, {"y"}, {integers("axes", {1, 2}), integer("keepdims", 0)});
     }},
    {"softmax of all axes but the first",
     12,
     {2, 3, 4},
     [](ModelBuilder& build) { build.node("Softmax", {"x"}, {"y"}); }},
    {"softmax of the last axis",
     11,
     {2, 3, 4},
     [](ModelBuilder& build) { build.node("Softmax", {"x"}, {"y"}, {integer("axis", 2)}); }},
    {"softmax of the last axis from behind",
     11,
     {2, 3, 4},
     [](ModelBuilder& build) { build.node("Softmax", {"x"}, {"y"}, {integer("axis", -1)}); }},
    {"softmax of a matrix", 7, {2, 3}, [](ModelBuilder& build) { build.node("Softmax", {"x"}, {"y"}); }},
    {"dropout with a ratio",
     10,
     {2, 3},
     [](ModelBuilder& build) { build.node("Dropout", {"x"}, {"y"}, {number("ratio", 0.5F)}); }},
    {"statistics of channels",
     7,
     {2, 3, 2, 2},
     [](ModelBuilder& build) {
       build.floats("scale", {3}, {1, 2, 3}).floats("bias", {3}, {0, 1, 0}).floats("mean", {3}, {0, 0.5F, 1});
       build.floats("variance", {3}, {1, 0.25F, 2});
       build.node("BatchNormalization", {"x", "scale", "bias", "mean", "variance"}, {"y"}, {integer("spatial", 1)});
     }},
    {"upsample by an attribute",
     7,
     {1, 2, 3, 2},
     [](ModelBuilder& build) { build.node("Upsample", {"x"}, {"y"}, {numbers("scales", {1, 1, 2, 3})}); }},
    {"upsample by an input",
     9,
     {1, 2, 3, 2},
     [](ModelBuilder& build) {
       build.floats("scales", {4}, {1, 1, 2, 2}).node("Upsample", {"x", "scales"}, {"y"}, {word("mode", "linear")});
     }},
    {"resize to the nearest",
     10,
     {1, 2, 3, 3},
     [](ModelBuilder& build) { build.floats("scales", {4}, {1, 1, 2.5F, 2}).node("Resize", {"x", "scales"}, {"y"}); }},
    {"resize to a smaller one",
     10,
     {1, 1, 5, 7},
     [](ModelBuilder& build) {
       build.floats("scales", {4}, {1, 1, 0.6F, 0.5F}).node("Resize", {"x", "scales"}, {"y"});
     }},
    {"resize with roi",
     11,
     {1, 2, 3, 3},
     [](ModelBuilder& build) {
       build.floats("roi", {0}, {}).floats("scales", {4}, {1, 1, 2, 2});
       build.node("Resize", {"x", "roi", "scales"}, {"y"}, {word("mode", "linear")});
     }},
};

TEST(Upgrade, OldNodesDoWhatTheyDidInOnnxRuntime) {
  for (const OldNode& old : old_nodes) {
    SCOPED_TRACE(old.name);
    ModelBuilder build;
    build.opset(old.opset);
    old.add(build);
    onnx::Model model = build.model();
    const Tensor x = ramp_of(old.shape);
    std::vector<onnx::Dimension> dimensions;
    for (const std::int64_t size : old.shape)
      dimensions.push_back({size, ""});
    model.inputs.push_back({"x", DataType::float32, dimensions});
    model.outputs.push_back({"y", DataType::float32, {}});
    const auto run = [&](std::span<const std::byte> file) {
      std::vector<NamedTensor> inputs;
      inputs.push_back({"x", x.clone()});
      return run_in_onnx_runtime(file, inputs);
    };
    const auto file = onnx::write(model);
    const Tensor wanted = run(file);
    Result<onnx::Model> read = onnx::read(file, Limits{});
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->opset, 13);
    EXPECT_EQ(largest_difference(run(onnx::write(*read)), wanted), 0);
    EXPECT_LE(largest_difference(run_reference(std::move(*read), x), wanted), 1e-6F);
  }
}

TEST(Upgrade, NamesStayApart) {
  ModelBuilder build;
  build.opset(9).input("upgraded_0", {1, 3}).floats("upgraded_1", {1}, {1});
  build.node("Clip", {"upgraded_0"}, {"upgraded_2"}, {number("min", 0), number("max", 1)});
  build.node("Add", {"upgraded_2", "upgraded_1"}, {"y"}).output("y");
  const auto model = onnx::read(onnx::write(build.model()), Limits{});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->nodes[0].inputs, (std::vector<std::string>{"upgraded_0", "upgraded", "upgraded_3"}));
}

TEST(Upgrade, NamesOfEarlierNodesAreKnown) {
  ModelBuilder build;
  build.opset(11).input("x", {1, 2, 2}).node("Relu", {"x"}, {"upgraded_1"});
  build.node("Softmax", {"x"}, {"s"}).node("Mul", {"upgraded_1", "s"}, {"y"}).output("y");
  const auto model = onnx::read(onnx::write(build.model()), Limits{});
  ASSERT_TRUE(model) << model.error().text();
  std::set<std::string> names;
  for (const onnx::Node& node : model->nodes)
    for (const std::string& name : node.outputs)
      EXPECT_TRUE(names.insert(name).second) << name;
}

TEST(Upgrade, WhatHasNoFormOfTodayIsRefusedAtItsNode) {
  ModelBuilder build;
  build.opset(8).input("x", {1, 1, 1, 1}).floats("one", {1}, {1});
  build.node("BatchNormalization", {"x", "one", "one", "one", "one"}, {"y"}, {integer("spatial", 0)}).output("y");
  const auto model = onnx::read(onnx::write(build.model()), Limits{});
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().text(), "graph.node[0] BatchNormalization 'y': statistics for each pixel (spatial 0) are not "
                                  "supported");
}

TEST(Upgrade, WhatAnOlderFormDidNotHaveIsRefused) {
  ModelBuilder build;
  build.opset(9).input("x", {1, 1, 4, 4}).floats("scales", {4}, {1, 1, 2, 2});
  build.node("Upsample", {"x", "scales"}, {"y"}, {word("coordinate_transformation_mode", "half_pixel")}).output("y");
  const auto model = onnx::read(onnx::write(build.model()), Limits{});
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().text(),
            "graph.node[0] Upsample 'y': the older Upsample has no coordinate_transformation_mode");
}

TEST(Upgrade, TodaysFilesStayAsTheyAre) {
  ModelBuilder build;
  build.opset(14).input("x", {2, 3, 4}).node("Softmax", {"x"}, {"y"}).output("y");
  const auto model = onnx::read(onnx::write(build.model()), Limits{});
  ASSERT_TRUE(model);
  EXPECT_EQ(model->opset, 14);
  EXPECT_EQ(model->nodes.size(), 1U);
}

} // namespace
} // namespace ganlet::test
