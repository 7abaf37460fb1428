// Shapes that exporters rebuild from the batch: Shape, Gather, Concat and the like stand for sizes, and never run.

#include <gtest/gtest.h>

#include "support/model_builder.h"

namespace ganlet::test {
namespace {

const SymbolicShape& output_shape(const Graph& graph) {
  return graph.values[static_cast<std::size_t>(graph.outputs[0])].shape;
}

TEST(SymbolicShape, ReshapeToSizesMadeFromTheBatch) {
  // x.view(x.size(0), -1), as PyTorch's tracer writes it.
  ModelBuilder build;
  build.input("x", {-1, 3, 4})
      .constant("zero", Tensor::of<std::int64_t>({}, {0}))
      .integers("axes", {0})
      .integers("rest", {-1});
  build.node("Shape", {"x"}, {"shape"})
      .node("Gather", {"shape", "zero"}, {"batch"})
      .node("Unsqueeze", {"batch", "axes"}, {"batch1"});
  build.node("Concat", {"batch1", "rest"}, {"wanted"}, {integer("axis", 0)})
      .node("Reshape", {"x", "wanted"}, {"y"})
      .output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(output_shape(*graph), (SymbolicShape{{1, true}, {12, false}}));
  EXPECT_EQ(graph->nodes.size(), 1U);
}

TEST(SymbolicShape, ArithmeticOnTheBatch) {
  ModelBuilder build;
  build.input("x", {-1, 6}).integers("zero", {0}).integers("one", {1}).integers("two", {2}).integers("three", {3});
  build.node("Shape", {"x"}, {"shape"})
      .node("Slice", {"shape", "zero", "one"}, {"batch"})
      .node("Mul", {"batch", "two"}, {"doubled"});
  build.node("Concat", {"doubled", "three"}, {"wanted"}, {integer("axis", 0)})
      .node("Reshape", {"x", "wanted"}, {"y"})
      .output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(output_shape(*graph), (SymbolicShape{{2, true}, {3, false}}));
}

TEST(SymbolicShape, ProductOfSizes) {
  // What torch.std counts: here all of a picture, for each of the batch.
  ModelBuilder build;
  build.input("x", {-1, 3, 4})
      .node("Shape", {"x"}, {"shape"})
      .node("ReduceProd", {"shape"}, {"count"}, {integer("keepdims", 1)});
  build.node("Reshape", {"x", "count"}, {"y"}).output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(output_shape(*graph), (SymbolicShape{{12, true}}));
}

TEST(SymbolicShape, SizesHaveASizeThemselves) {
  for (const std::string op : {"Size", "Shape"}) {
    ModelBuilder build;
    build.input("x", {-1, 4}).integers("rest", {-1});
    build.node("Shape", {"x"}, {"shape"}).node(op, {"shape"}, {"two"});
    build.node("Reshape", {"two", "rest"}, {"two1"})
        .node("Concat", {"rest", "two1"}, {"wanted"}, {integer("axis", 0)})
        .node("Reshape", {"x", "wanted"}, {"y"})
        .output("y");
    const auto graph = build.lower();
    ASSERT_TRUE(graph) << graph.error().text();
    EXPECT_EQ(output_shape(*graph).back(), (Dim{2, false}));
  }
}

TEST(SymbolicShape, AProductOfNothingIsRefused) {
  ModelBuilder build;
  build.input("x", {-1, 3}).node("ReduceProd", {}, {"y"}).output("y");
  EXPECT_EQ(build.lower().error().text(), "graph.node[0] ReduceProd 'y': needs 1 to 2 inputs, has 0");
}

TEST(SymbolicShape, AProductBeyondTheLimitIsRefused) {
  ModelBuilder build;
  build.input("x", {-1, 3}).node("Shape", {"x"}, {"shape"}).integers("large", {std::int64_t{1} << 61});
  build.node("Concat", {"shape", "large"}, {"sizes"}, {integer("axis", 0)})
      .node("ReduceProd", {"sizes"}, {"y"})
      .output("y");
  EXPECT_EQ(build.lower().error().text(), "graph.node[2] ReduceProd 'y': this arithmetic on the batch isn't supported");
}

TEST(SymbolicShape, PicturesOfABatchAreNotMultipliedTogether) {
  ModelBuilder build;
  build.input("x", {-1, 3}).node("ReduceProd", {"x"}, {"y"}).output("y");
  EXPECT_EQ(build.lower().error().text(), "graph.node[0] ReduceProd 'y': can't reduce over the batch");
}

TEST(SymbolicShape, ExpandOfAConstantToTheBatch) {
  // A learned constant input, repeated for each image, as style-based generators have it.
  ModelBuilder build;
  build.input("z", {-1, 4})
      .ramp("constant", {1, 2, 2, 2})
      .integers("zero", {0})
      .integers("one", {1})
      .integers("sizes", {2, 2, 2});
  build.node("Shape", {"z"}, {"shape"}).node("Slice", {"shape", "zero", "one"}, {"batch"});
  build.node("Concat", {"batch", "sizes"}, {"wanted"}, {integer("axis", 0)})
      .node("Expand", {"constant", "wanted"}, {"y"})
      .output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(output_shape(*graph), (SymbolicShape{{1, true}, {2, false}, {2, false}, {2, false}}));
}

TEST(SymbolicShape, AFixedBatchStaysFixed) {
  ModelBuilder build;
  build.input("x", {2, 6}).integers("wanted", {0, 3, -1}).node("Reshape", {"x", "wanted"}, {"y"}).output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(output_shape(*graph), (SymbolicShape{{2, false}, {3, false}, {2, false}}));
  EXPECT_FALSE(graph->has_batch());
}

TEST(SymbolicShape, AReshapeThatFixesTheBatchIsRefusedByName) {
  ModelBuilder build;
  build.input("x", {-1, 6}).integers("wanted", {1, 6}).node("Reshape", {"x", "wanted"}, {"y"}).output("y");
  const auto graph = build.lower();
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().text(), "graph.node[0] Reshape 'y': the input has 6 N elements, the new shape 6 (it fixes "
                                  "the batch: export with a dynamic one)");
}

TEST(SymbolicShape, NoBatchAtAllIsANumber) {
  EXPECT_EQ((Dim{0, true}), (Dim{0, false}));
  // (N - N) + 6 is 6, and 0 N equals 0.
  ModelBuilder build;
  build.input("x", {-1, 6}).integers("zero", {0}).integers("one", {1}).integers("six", {6});
  build.node("Shape", {"x"}, {"shape"}).node("Slice", {"shape", "zero", "one"}, {"batch"});
  build.node("Sub", {"batch", "batch"}, {"none"})
      .node("Add", {"none", "six"}, {"columns"})
      .node("Concat", {"batch", "columns"}, {"wanted"}, {integer("axis", 0)})
      .node("Reshape", {"x", "wanted"}, {"y"})
      .output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(output_shape(*graph), (SymbolicShape{{1, true}, {6, false}}));
}

TEST(SymbolicShape, DivisionsThatAreExactForEveryBatch) {
  // 5 N / 2 N is 2 and 7 / 2 is 3, towards 0; N / 2 is no multiple of the batch.
  ModelBuilder build;
  build.input("x", {-1, 6}).integers("a", {5, 12}).integers("b", {2, 2}).integers("zero", {0}).integers("one", {1});
  build.node("Shape", {"x"}, {"shape"}).node("Slice", {"shape", "zero", "one"}, {"batch"});
  build.node("Mul", {"batch", "a"}, {"dividends"}).node("Mul", {"batch", "b"}, {"divisors"});
  build.node("Div", {"dividends", "divisors"}, {"quotients"}); // [2, 6]
  build.node("Concat", {"batch", "quotients"}, {"wanted"}, {integer("axis", 0)})
      .node("Expand", {"y0", "wanted"}, {"y"})
      .floats("y0", {1, 1, 1}, {1})
      .output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(output_shape(*graph), (SymbolicShape{{1, true}, {2, false}, {6, false}}));
}

TEST(SymbolicShape, AnEmptyBatchIsSplitIntoNothing) {
  ModelBuilder build;
  build.input("x", {-1, 0}).integers("zero", {0}).integers("one", {1}).integers("rest", {-1});
  build.node("Shape", {"x"}, {"shape"}).node("Slice", {"shape", "zero", "one"}, {"batch"});
  build.node("Concat", {"batch", "rest"}, {"wanted"}, {integer("axis", 0)})
      .node("Reshape", {"x", "wanted"}, {"y"})
      .output("y");
  const auto graph = build.lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(output_shape(*graph), (SymbolicShape{{1, true}, {0, false}}));
}

} // namespace
} // namespace ganlet::test
