// Each limit of reading at the largest value allowed and one above it.

#include <gtest/gtest.h>

#include "onnx/reader.h"
#include "onnx/writer.h"
#include "small_models.h"

namespace ganlet::test {
namespace {

std::string message_of(std::span<const std::byte> bytes, const Limits& limits) {
  const auto model = onnx::read(bytes, limits);
  if (model)
    return "no error";
  EXPECT_EQ(model.error().code(), ErrorCode::limit_exceeded);
  return model.error().text();
}

TEST(ReadLimits, Bytes) {
  const auto bytes = onnx::write(small_generator().model());
  Limits limits;
  limits.file_bytes = static_cast<std::int64_t>(bytes.size());
  EXPECT_EQ(message_of(bytes, limits), "no error");
  --limits.file_bytes;
  EXPECT_EQ(message_of(bytes, limits), "model: the file has " + std::to_string(bytes.size()) +
                                           " bytes, more than the limit of " + std::to_string(bytes.size() - 1));
}

TEST(ReadLimits, Nodes) {
  ModelBuilder build;
  build.input("x", {1}).node("Relu", {"x"}, {"a"}).node("Relu", {"a"}, {"b"}).node("Relu", {"b"}, {"y"}).output("y");
  const auto bytes = onnx::write(build.model());
  Limits limits;
  limits.nodes = 3;
  EXPECT_EQ(message_of(bytes, limits), "no error");
  limits.nodes = 2;
  EXPECT_EQ(message_of(bytes, limits), "graph: has more than 2 nodes");
}

TEST(ReadLimits, NamesOfANodeAndOfTheGraph) {
  Limits limits;
  limits.nodes = 3;
  const auto many_inputs = [&](std::size_t count) {
    ModelBuilder build;
    build.input("x", {1}).node("Max", std::vector<std::string>(count, "x"), {"y"}).output("y");
    return message_of(onnx::write(build.model()), limits);
  };
  EXPECT_EQ(many_inputs(3), "no error");
  EXPECT_EQ(many_inputs(4), "graph.node[0] Max 'y': has more than 3 inputs");

  const auto many_outputs = [&](std::int64_t count) {
    ModelBuilder build;
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < count; ++i)
      names.push_back("y" + std::to_string(i));
    build.input("x", {4}).node("Split", {"x"}, names).output("y0");
    return message_of(onnx::write(build.model()), limits);
  };
  EXPECT_EQ(many_outputs(3), "no error");
  EXPECT_EQ(many_outputs(4), "graph.node[0] Split 'y0': has more than 3 outputs");

  const auto of_graph = [&](int inputs, int outputs) {
    ModelBuilder build;
    for (int i = 0; i < inputs; ++i)
      build.input("x" + std::to_string(i), {1});
    for (int i = 0; i < outputs; ++i)
      build.output("x" + std::to_string(i));
    return message_of(onnx::write(build.model()), limits);
  };
  EXPECT_EQ(of_graph(3, 3), "no error");
  EXPECT_EQ(of_graph(4, 3), "graph: has more than 3 inputs");
  EXPECT_EQ(of_graph(4, 4), "graph: has more than 3 inputs");
}

TEST(ReadLimits, UnitsOfWork) {
  const auto bytes = onnx::write(small_generator().model());
  Limits limits;
  Budget budget(limits.load_units);
  ASSERT_TRUE(onnx::read(bytes, limits, budget));
  EXPECT_GT(budget.used(), static_cast<std::int64_t>(bytes.size()));
  limits.load_units = budget.used();
  EXPECT_EQ(message_of(bytes, limits), "no error");
  --limits.load_units;
  EXPECT_NE(message_of(bytes, limits).find("units of work"), std::string::npos);
}

TEST(ReadLimits, ElementsOfATensor) {
  ModelBuilder build;
  build.ramp("w", {3, 5}).node("Identity", {"w"}, {"y"}).output("y");
  const auto bytes = onnx::write(build.model());
  Limits limits;
  limits.tensor_elements = 15;
  EXPECT_EQ(message_of(bytes, limits), "no error");
  limits.tensor_elements = 14;
  EXPECT_EQ(message_of(bytes, limits), "graph.initializer[0] 'w': shape [3, 5] has more than 14 elements");
}

TEST(ReadLimits, AboveTheDefaultsTheyHoldInEachStep) {
  // Each size is above 2^26 elements and is computed from the input's; nothing of it is ever allocated.
  ModelBuilder build;
  build.input("x", {1, 3, 8192, 4096}).ramp("weight", {3, 3, 1, 1});
  build.node("Conv", {"x", "weight"}, {"mixed"});
  add_batch_normalization(build, "mixed", "normal", 3, 1);
  build.node("Flatten", {"normal"}, {"row"}).integers("shape", {3, -1}).node("Reshape", {"row", "shape"}, {"rows"});
  build.node("Transpose", {"rows"}, {"columns"}).node("Softmax", {"columns"}, {"soft"});
  build.ramp("three", {3, 3}).node("MatMul", {"soft", "three"}, {"product"});
  build.node("Concat", {"product", "columns"}, {"y"}, {integer("axis", 1)}).output("y");
  const auto refused = build.lower();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::limit_exceeded);
  Limits limits;
  limits.tensor_elements = std::int64_t{1} << 28;
  const auto bytes = onnx::write(build.model());
  EXPECT_EQ(message_of(bytes, limits), "no error");
  const auto graph = build.lower(limits);
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(*resolve(graph->values[graph->outputs[0]].shape, 1, limits, "y"), Shape({8192 * 4096, 6}));
}

TEST(ReadLimits, RankOfATensor) {
  ModelBuilder build;
  build.constant("w", Tensor(DataType::float32, {1, 1, 1, 1, 1, 1}))
      .node("Identity", {"w"}, {"y"})
      .output("y", {1, 1, 1, 1, 1, 1});
  onnx::Model model = build.model();
  EXPECT_EQ(message_of(onnx::write(model), Limits{}), "no error");
  model.outputs[0].shape->push_back({1, ""});
  EXPECT_EQ(message_of(onnx::write(model), Limits{}), "graph.output[0] 'y': rank 7 is above the limit of 6");
}

TEST(ReadLimits, MemoryThatSmallFieldsAskFor) {
  // An empty input name takes two bytes in a file and a std::string in memory.
  ModelBuilder build;
  build.input("x", {1}).node("Max", std::vector<std::string>(1000), {"y"}).output("y");
  const auto bytes = onnx::write(build.model());
  Limits limits;
  limits.file_bytes = static_cast<std::int64_t>(1000 * sizeof(std::string));
  EXPECT_EQ(message_of(bytes, limits), "no error");
  limits.file_bytes = static_cast<std::int64_t>(bytes.size());
  EXPECT_EQ(message_of(bytes, limits), "graph.node[0] Max 'y': the model takes more than " +
                                           std::to_string(4 * bytes.size()) + " bytes in memory");
}

} // namespace
} // namespace ganlet::test
