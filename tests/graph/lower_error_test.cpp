// Errors of lowering say which node, what it has and what it needs.

#include <gtest/gtest.h>

#include "support/model_builder.h"

namespace ganlet::test {
namespace {

std::string message_of(const ModelBuilder& build, const Limits& limits = {}) {
  const auto graph = build.lower(limits);
  return graph ? "no error" : graph.error().text();
}

TEST(LowerError, UnknownOp) {
  ModelBuilder build;
  build.input("x", {-1, 2}).node("Blur", {"x"}, {"y"}).output("y");
  EXPECT_EQ(message_of(build), "graph.node[0] Blur 'y': op Blur isn't supported");
}

TEST(LowerError, UnknownAttribute) {
  ModelBuilder build;
  build.input("x", {-1, 2}).node("Relu", {"x"}, {"y"}, {integer("slope", 1)}).output("y");
  EXPECT_EQ(message_of(build), "graph.node[0] Relu 'y': attribute slope isn't known");
}

TEST(LowerError, ConvolutionOfTheWrongChannels) {
  ModelBuilder build;
  build.input("x", {-1, 2, 4, 4}).ramp("w", {3, 5, 3, 3}).node("Conv", {"x", "w"}, {"y"}).output("y");
  EXPECT_EQ(message_of(build), "graph.node[0] Conv 'y': the input has 2 channels, the weights need 5 in 1 group");
}

TEST(LowerError, StridesOfTheWrongCount) {
  ModelBuilder build;
  build.input("x", {-1, 2, 4, 4})
      .ramp("w", {2, 3, 2, 2})
      .node("ConvTranspose", {"x", "w"}, {"up"}, {integers("strides", {2, 2, 2})})
      .output("up");
  EXPECT_EQ(message_of(build), "graph.node[0] ConvTranspose 'up': strides needs 2 values, has 3");
}

TEST(LowerError, AnOpenAxisThatIsNotTheBatch) {
  ModelBuilder build;
  build.input("x", {-1, 2, -1, 4}).node("Relu", {"x"}, {"y"}).output("y");
  EXPECT_EQ(message_of(build), "graph.input[0] 'x': axis 2 'N' is left open; only the first one, the batch, may be");
}

TEST(LowerError, ScalesThatAreNotNumbers) {
  ModelBuilder build;
  build.input("x", {-1, 2})
      .constant("q", Tensor(DataType::int8, {2, 3}))
      .floats("s", {2}, {1, std::numeric_limits<float>::quiet_NaN()});
  build.node("DequantizeLinear", {"q", "s"}, {"w"}, {integer("axis", 0)}).node("MatMul", {"x", "w"}, {"y"}).output("y");
  EXPECT_EQ(message_of(build), "graph.node[0] DequantizeLinear 'w': scale[1] is nan, must be positive and finite");
}

TEST(LowerError, SizesThatOverflow) {
  ModelBuilder build;
  build.integers("big", {std::int64_t{1} << 40, std::int64_t{1} << 40})
      .node("ConstantOfShape", {"big"}, {"y"})
      .output("y");
  EXPECT_EQ(message_of(build),
            "graph.node[0] ConstantOfShape 'y': shape [1099511627776, 1099511627776] has more than 67108864 elements");
}

TEST(LowerError, ConstantsThatAreMissing) {
  ModelBuilder build;
  build.input("x", {-1, 4}).input("shape", {2}, DataType::int64).node("Reshape", {"x", "shape"}, {"y"}).output("y");
  EXPECT_EQ(message_of(build), "graph.node[0] Reshape 'y': input 1 'shape' must be a constant");
}

TEST(LowerError, ElementsAtTheLimitAndAboveIt) {
  ModelBuilder build;
  build.input("x", {-1, 4}).integers("repeats", {1, 3}).node("Tile", {"x", "repeats"}, {"y"}).output("y");
  Limits limits;
  limits.tensor_elements = 12;
  EXPECT_EQ(message_of(build, limits), "no error");
  limits.tensor_elements = 11;
  EXPECT_NE(message_of(build, limits).find("has more than 11 elements"), std::string::npos)
      << message_of(build, limits);
}

TEST(LowerError, NodesAtTheLimitAndAboveIt) {
  ModelBuilder build;
  build.input("x", {-1, 4}).node("Tanh", {"x"}, {"a"}).node("Tanh", {"a"}, {"y"}).output("y");
  Limits limits;
  limits.nodes = 2;
  EXPECT_EQ(message_of(build, limits), "no error");
  limits.nodes = 1;
  EXPECT_EQ(message_of(build, limits), "graph.node[1] Tanh 'y': the network has more than 1 operations");
}

} // namespace
} // namespace ganlet::test
