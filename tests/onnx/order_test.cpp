#include <gtest/gtest.h>

#include "onnx/reader.h"
#include "onnx/writer.h"
#include "small_models.h"

namespace ganlet::test {
namespace {

std::vector<std::string> names_of(const onnx::Model& model) {
  std::vector<std::string> names;
  for (const onnx::Node& node : model.nodes)
    names.push_back(node.name);
  return names;
}

std::string message_of(const ModelBuilder& build) {
  const auto model = onnx::read(onnx::write(build.model()), Limits{});
  return model ? "no error" : model.error().text();
}

TEST(Order, NodesInOrderStayWhereTheyAre) {
  // b could come before a.
  ModelBuilder build;
  build.input("x", {1})
      .node("Relu", {"x"}, {"a"})
      .node("Tanh", {"x"}, {"b"})
      .node("Add", {"b", "a"}, {"y"})
      .output("y");
  const auto model = onnx::read(onnx::write(build.model()), Limits{});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(names_of(*model), (std::vector<std::string>{"a", "b", "y"}));
}

TEST(Order, NodesOutOfOrderArePutInOrder) {
  ModelBuilder build;
  build.input("x", {1})
      .node("Add", {"b", "a"}, {"y"})
      .node("Tanh", {"a"}, {"b"})
      .node("Relu", {"x"}, {"a"})
      .output("y");
  const auto model = onnx::read(onnx::write(build.model()), Limits{});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(names_of(*model), (std::vector<std::string>{"a", "b", "y"}));
}

TEST(Order, ALongChainBackwardsNeedsNoDeepStack) {
  ModelBuilder build;
  build.input("x4096", {1});
  for (int i = 0; i < 4096; ++i)
    build.node("Relu", {"x" + std::to_string(i + 1)}, {"x" + std::to_string(i)});
  build.output("x0");
  const auto model = onnx::read(onnx::write(build.model()), Limits{});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->nodes.front().name, "x4095");
  EXPECT_EQ(model->nodes.back().name, "x0");
}

TEST(Order, ACycleIsRefused) {
  ModelBuilder build;
  build.input("x", {1}).node("Add", {"x", "b"}, {"a"}).node("Relu", {"a"}, {"b"}).output("b");
  EXPECT_EQ(message_of(build), "graph.node[0] Add 'a': is part of a cycle: it reads what it makes");
}

TEST(Order, ANodeThatReadsItselfIsRefused) {
  ModelBuilder build;
  build.input("x", {1}).node("Add", {"x", "a"}, {"a"}).output("a");
  EXPECT_EQ(message_of(build), "graph.node[0] Add 'a': is part of a cycle: it reads what it makes");
}

} // namespace
} // namespace ganlet::test
