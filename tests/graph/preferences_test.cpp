// What a backend prefers is a pass that it asks for: without one the graph is another and computes the same.

#include <algorithm>

#include <gtest/gtest.h>

#include "core/rng.h"
#include "support/model_builder.h"

namespace ganlet::test {
namespace {

/// A style network in small: a Gemm makes images, a modulated convolution of int8 weights, a clamp, and an image.
ModelBuilder small_synthesis() {
  ModelBuilder build;
  build.input("z", {-1, 4}).ramp("w", {4, 12}).ramp("affine", {4, 3}).integers("images", {-1, 3, 2, 2});
  build.integers("channels", {-1, 3, 1, 1}).ramp("kernel", {3, 3, 3, 3}).floats("shift", {3, 1, 1}, {0.5F, -1, 2});
  Tensor q(DataType::int8, Shape{3, 3, 3, 3});
  for (std::size_t i = 0; i < q.as<std::int8_t>().size(); ++i)
    q.as<std::int8_t>()[i] = static_cast<std::int8_t>(static_cast<int>(i * 37 % 255) - 127);
  build.constant("q", std::move(q)).floats("s", {3}, {0.25F, 0.5F, 0.125F});
  build.node("Gemm", {"z", "w"}, {"fc"}).node("Reshape", {"fc", "images"}, {"x"});
  build.node("Gemm", {"z", "affine"}, {"a"}).node("Reshape", {"a", "channels"}, {"style"});
  build.node("Mul", {"x", "style"}, {"modulated"});
  build.node("DequantizeLinear", {"q", "s"}, {"weights"}, {integer("axis", 0)});
  build.node("Conv", {"modulated", "weights"}, {"c1"}, {integers("pads", {1, 1, 1, 1})});
  build.node("Add", {"c1", "shift"}, {"shifted"}).node("Relu", {"shifted"}, {"r"});
  build.node("Conv", {"r", "kernel"}, {"y"}, {integers("pads", {1, 1, 1, 1})});
  return build.output("y");
}

std::int64_t count_of(const Graph& graph, std::string_view name) {
  return std::ranges::count_if(graph.nodes,
                               [&](const Node& node) { return op::names_of(node.operation).name == name; });
}

bool has_clamp(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const Node& node) {
    const auto* unary = std::get_if<op::Unary>(&node.operation);
    return unary && unary->kind == op::UnaryKind::clamp;
  });
}

/// The first output for some latents, in the file's order of axes.
std::vector<float> answer(Graph graph) {
  const bool channels_last = graph.values[static_cast<std::size_t>(graph.outputs[0])].channels_last;
  Tensor z(DataType::float32, Shape{2, 4});
  Rng(3).fill_normal(z.as<float>());
  const auto program = reference::backend.compile(std::move(graph), {});
  EXPECT_TRUE(program) << program.error().text();
  const TensorView view = z.view();
  const auto outputs = (*program)->run(std::span(&view, 1));
  EXPECT_TRUE(outputs) << outputs.error().text();
  const auto values = (*outputs)[0].as<const float>();
  std::vector<float> out(values.begin(), values.end());
  if (channels_last) // (N,2,2,3) to (N,3,2,2)
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i / 12 * 12 + i % 3 * 4 + i % 12 / 3] = values[i];
  return out;
}

TEST(Preferences, AreEachAPassOfTheirOwn) {
  const Graph all = *small_synthesis().lower();
  EXPECT_EQ(count_of(all, "Transpose"), 0);
  EXPECT_FALSE(has_clamp(all));
  const auto has_int8 = [](const Graph& graph) {
    return std::ranges::any_of(graph.constants, [](const Tensor& tensor) { return tensor.type() == DataType::int8; });
  };
  EXPECT_FALSE(has_int8(all));
  const std::vector<float> wanted = answer(all.clone());
  for (int bits = 0; bits < 8; ++bits) {
    const Preferences prefers{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
    auto graph = small_synthesis().lower({}, prefers);
    ASSERT_TRUE(graph) << graph.error().text();
    EXPECT_EQ(count_of(*graph, "Transpose") > 0, !prefers.channels_last);
    EXPECT_EQ(graph->values[static_cast<std::size_t>(graph->outputs[0])].channels_last, prefers.channels_last);
    // In the file's layout a Transpose stands between the convolution and what follows it.
    EXPECT_EQ(has_clamp(*graph), !(prefers.folded_clamps && prefers.channels_last));
    EXPECT_EQ(has_int8(*graph), !prefers.float_behind_modulation);
    const std::vector<float> given = answer(std::move(*graph));
    ASSERT_EQ(given.size(), wanted.size());
    for (std::size_t i = 0; i < given.size(); ++i)
      EXPECT_NEAR(given[i], wanted[i], 1e-4F * std::max(1.0F, std::abs(wanted[i]))) << "preferences " << bits;
  }
}

TEST(Preferences, ALayoutIsChangedOnceForAllWhoReadIt) {
  ModelBuilder build;
  build.input("x", {-1, 2, 4, 4}).ramp("w", {2, 2, 1, 1}).node("Conv", {"x", "w"}, {"c"});
  build.node("Tanh", {"c"}, {"a"}).node("Sigmoid", {"c"}, {"b"}).output("a").output("b");
  const auto graph = build.lower({}, {.channels_last = false});
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(count_of(*graph, "Transpose"), 2); // of the input and of what both read
}

TEST(Preferences, ChangesOfLayoutAreNoOperationsOfTheFile) {
  ModelBuilder build;
  build.input("x", {-1, 2, 4, 4}).ramp("w", {2, 2, 1, 1});
  build.node("Conv", {"x", "w"}, {"c1"}).node("Softmax", {"c1"}, {"s1"}, {integer("axis", 1)});
  build.node("Conv", {"s1", "w"}, {"c2"}).node("Softmax", {"c2"}, {"y"}, {integer("axis", 1)}).output("y");
  Limits limits;
  limits.nodes = 4;
  for (const bool channels_last : {true, false}) {
    const auto graph = build.lower(limits, {.channels_last = channels_last});
    EXPECT_TRUE(graph) << graph.error().text();
  }
  limits.nodes = 3;
  EXPECT_FALSE(build.lower(limits));
}

} // namespace
} // namespace ganlet::test
