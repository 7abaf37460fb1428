#include <gtest/gtest.h>

#include "onnx/quantize.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "same_model.h"
#include "small_models.h"

namespace ganlet::test {
namespace {

void expect_round_trip(const onnx::Model& model) {
  const auto bytes = onnx::write(model);
  const auto again = onnx::read(bytes, Limits{});
  ASSERT_TRUE(again) << again.error().text();
  expect_same(model, *again);
  EXPECT_EQ(onnx::write(*again), bytes);
}

TEST(Writer, GeneratorSurvivesTheRoundTrip) {
  expect_round_trip(small_generator().model());
}

TEST(Writer, QuantizedGeneratorSurvivesTheRoundTrip) {
  const auto model = onnx::quantize(small_generator().model());
  ASSERT_TRUE(model) << model.error().text();
  expect_round_trip(*model);
}

TEST(Writer, EveryKindOfAttributeSurvives) {
  ModelBuilder build;
  build.input("x", {2});
  build.node("Constant", {}, {"y"},
             {integer("smallest", INT64_MIN), integer("largest", INT64_MAX), number("f", -0.0F),
              word("s", std::string("a\0b\xff", 4)), integers("ints", {-1, 0, 300}), integers("no_ints", {})});
  build.output("y", {2, 1}, DataType::int64);
  onnx::Model model = build.model();
  auto& attributes = model.nodes[0].attributes;
  attributes.push_back({"floats", std::vector<float>{1.5F, -1e-40F}});
  attributes.push_back({"no_floats", std::vector<float>{}});
  attributes.push_back({"strings", std::vector<std::string>{"", "two"}});
  attributes.push_back({"no_strings", std::vector<std::string>{}});
  attributes.push_back({"t", Tensor::of<std::int64_t>({2, 1}, {-7, 7})});
  expect_round_trip(model);
}

TEST(Writer, OperatorsOfOtherDomainsSurvive) {
  ModelBuilder build;
  build.input("x", {2}).node("com.microsoft.QuickGelu", {"x"}, {"y"}).node("org.example.one.Relu", {"y"}, {"z"});
  build.output("z", {2});
  onnx::Model model = build.model();
  expect_round_trip(model);
  model.nodes[1].op_type = "Relu"; // nothing else says where it is from
  expect_round_trip(model);
  for (const char* odd : {"Relu.", ".Relu", ".", "ai.onnx.Relu", "..Relu"}) {
    model.nodes[1].op_type = odd;
    expect_round_trip(model);
  }
}

TEST(Writer, EveryTypeOfTensorSurvives) {
  ModelBuilder build;
  build.floats("real", {3}, {1, -0.0F, 1e-40F}).constant("no_elements", Tensor(DataType::float32, {0, 5}));
  build.constant("integer", Tensor::of<std::int64_t>({}, {INT64_MIN}))
      .constant("truth", Tensor::of<std::uint8_t>({2}, {1, 0}));
  build.constant("small", Tensor::of<std::int8_t>({1, 1, 1, 1, 1, 2}, {-128, 127}));
  build.node("Identity", {"real"}, {"y"}).output("y", {3});
  expect_round_trip(build.model());
}

TEST(Writer, OpenAndMissingShapesSurvive) {
  onnx::Model model = small_generator().model();
  model.metadata = {{"licence", "CC0-1.0"}, {"", ""}};
  model.inputs[0].shape = std::vector<onnx::Dimension>{{std::nullopt, ""}, {4, ""}};
  model.outputs[0].shape.reset();
  expect_round_trip(model);
}

TEST(Writer, InitializersStandInOneOrder) {
  // An unordered_map's order depends on how it was filled.
  onnx::Model forwards = small_generator().model(), backwards = onnx::clone(forwards);
  backwards.initializers.clear();
  std::vector<std::string> names;
  for (const auto& [name, tensor] : forwards.initializers)
    names.push_back(name);
  for (auto name = names.rbegin(); name != names.rend(); ++name)
    backwards.initializers.emplace(*name, forwards.initializers.at(*name).clone());
  EXPECT_EQ(onnx::write(forwards), onnx::write(backwards));
}

TEST(Writer, CastsToTypesThatAreKept) {
  constexpr std::int64_t int32 = 6, float16 = 10, int64 = 7, float32 = 1;
  ModelBuilder build;
  build.input("x", {2})
      .node("Cast", {"x"}, {"whole"}, {integer("to", int32)})
      .node("Cast", {"whole"}, {"y"}, {integer("to", float16)});
  build.output("y", {2});
  const auto again = onnx::read(onnx::write(build.model()), Limits{});
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(std::get<std::int64_t>(*again->nodes[0].find("to")), int64);
  EXPECT_EQ(std::get<std::int64_t>(*again->nodes[1].find("to")), float32);
}

} // namespace
} // namespace ganlet::test
