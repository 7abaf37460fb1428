// (N,C,H,W) in files, (N,H,W,C) in memory: the change is made on constants, and at run time only where nothing else
// will do.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/model_builder.h"

namespace ganlet::test {
namespace {

std::int64_t count_of(const Graph& graph, std::string_view name) {
  return std::ranges::count_if(graph.nodes,
                               [&](const Node& node) { return op::names_of(node.operation).name == name; });
}

/// z -> Gemm -> [between] -> Reshape to (N,3,2,2) -> Conv.
ModelBuilder dense_then_images(std::vector<std::string> between) {
  ModelBuilder build;
  build.input("z", {-1, 4}).ramp("w", {4, 12}).ramp("kernel", {1, 3, 1, 1}).node("Gemm", {"z", "w"}, {"fc"});
  std::string current = "fc";
  for (const std::string& op_type : between) {
    build.node(op_type, {current}, {op_type + "_out"});
    current = op_type + "_out";
  }
  build.integers("shape", {-1, 3, 2, 2})
      .node("Reshape", {current, "shape"}, {"images"})
      .node("Conv", {"images", "kernel"}, {"y"});
  return build.output("y");
}

TEST(Layout, RowsOfTheGemmBeforeAReshapeArePermuted) {
  const auto graph = dense_then_images({}).lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(count_of(*graph, "Transpose"), 0);
  const Tensor& weights = *graph->constant_of(graph->nodes[0].inputs[1]);
  EXPECT_EQ(weights.shape(), (Shape{12, 4}));
  // Row 1 of memory is row 0, column 0, channel 1: column 4 of the file, whose rows are those of z.
  for (std::size_t k = 0; k < 4; ++k)
    EXPECT_EQ(weights.as<float>()[4 + k], static_cast<float>((k * 12 + 4) % 24) / 8 - 1);
}

TEST(Layout, ElementwiseOpsInBetweenDoNotStandInTheWay) {
  const auto graph = dense_then_images({"LeakyRelu", "Tanh"}).lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(count_of(*graph, "Transpose"), 0);
}

TEST(Layout, WhatCannotBePermutedIsTransposedOnce) {
  const auto graph = dense_then_images({"Softmax"}).lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(count_of(*graph, "Transpose"), 1);
}

TEST(Layout, FlattenBeforeAGemmPermutesItsColumns) {
  ModelBuilder build;
  build.input("x", {-1, 1, 4, 4}).ramp("kernel", {3, 1, 3, 3}).ramp("w", {12, 5});
  build.node("Conv", {"x", "kernel"}, {"images"})
      .node("Flatten", {"images"}, {"flat"})
      .node("Gemm", {"flat", "w"}, {"y"})
      .output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(count_of(*graph, "Transpose"), 0);
}

TEST(Layout, TransposesOfKerasCancel) {
  // Keras keeps (N,H,W,C), and its exporter puts a Transpose before and after each convolution.
  ModelBuilder build;
  build.input("z", {-1, 4})
      .ramp("w", {4, 12})
      .integers("shape", {-1, 2, 2, 3})
      .ramp("k1", {3, 3, 3, 3})
      .ramp("k2", {1, 3, 3, 3});
  build.node("MatMul", {"z", "w"}, {"fc"}).node("Reshape", {"fc", "shape"}, {"nhwc"});
  build.node("Transpose", {"nhwc"}, {"nchw"}, {integers("perm", {0, 3, 1, 2})});
  build.node("Conv", {"nchw", "k1"}, {"c1"}, {word("auto_pad", "SAME_UPPER")})
      .node("Transpose", {"c1"}, {"t1"}, {integers("perm", {0, 2, 3, 1})});
  build.node("Relu", {"t1"}, {"r1"}).node("Transpose", {"r1"}, {"t2"}, {integers("perm", {0, 3, 1, 2})});
  build.node("Conv", {"t2", "k2"}, {"c2"}, {word("auto_pad", "SAME_UPPER")})
      .node("Transpose", {"c2"}, {"y"}, {integers("perm", {0, 2, 3, 1})});
  const auto graph = build.output("y").lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(count_of(*graph, "Transpose"), 0);
}

TEST(Layout, ImagesStayChannelsLastThroughResizeConcatAndPad) {
  ModelBuilder build;
  build.input("x", {-1, 2, 4, 4})
      .ramp("kernel", {3, 4, 3, 3})
      .floats("none", {0}, {})
      .floats("scales", {4}, {1, 1, 2, 2});
  build.integers("pads", {0, 0, 1, 1, 0, 0, 1, 1});
  build.node("Resize", {"x", "", "scales"}, {"large"},
             {word("coordinate_transformation_mode", "asymmetric"), word("nearest_mode", "floor")});
  build.node("Concat", {"large", "large"}, {"both"}, {integer("axis", 1)}).node("Pad", {"both", "pads"}, {"padded"});
  build.node("Conv", {"padded", "kernel"}, {"y"}).output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(count_of(*graph, "Transpose"), 1); // of the input
  EXPECT_TRUE(graph->values[static_cast<std::size_t>(graph->outputs[0])].channels_last);
}

} // namespace
} // namespace ganlet::test
