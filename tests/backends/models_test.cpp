// Every network under models/: as a device runs it, and what is left in memory of its weights.

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "core/rng.h"
#include "graph/lower.h"
#include "onnx/reader.h"
#include "reference/reference.h"
#include "support/pretend.h"
#include "xnn/xnn.h"

namespace ganlet::test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> networks() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(GANLET_SOURCE_DIR) / "models"))
    if (entry.path().extension() == ".onnx")
      files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

Graph lowered(const fs::path& path, const Backend& backend) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto model = onnx::read(std::as_bytes(std::span(text)), {});
  EXPECT_TRUE(model) << path << ": " << model.error().text();
  auto graph = lower(std::move(*model), {.evaluate = reference::evaluate, .prefers = backend.prefers});
  EXPECT_TRUE(graph) << path << ": " << graph.error().text();
  return std::move(*graph);
}

std::vector<Tensor> inputs_of(const Graph& graph) {
  std::vector<Tensor> inputs;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.values[static_cast<std::size_t>(id)];
    Tensor& input = inputs.emplace_back(value.type, *resolve(value.shape, 1, {}, value.name));
    if (value.type == DataType::float32)
      Rng(5, static_cast<std::uint32_t>(inputs.size())).fill_normal(input.as<float>());
  }
  return inputs;
}

TEST(Models, RunOnADeviceAsOnTheReference) {
  std::uint64_t seed = 1;
  for (const fs::path& path : networks()) {
    pretence = {.seed = seed++};
    Graph graph = lowered(path, reference::backend);
    const std::vector<Tensor> inputs = inputs_of(graph);
    const auto device = pretend.compile(graph.clone(), {}), plain = reference::backend.compile(std::move(graph), {});
    ASSERT_TRUE(device && plain) << path;
    std::vector<TensorView> views;
    std::vector<Buffer> given;
    for (const Tensor& input : inputs) {
      views.push_back(input.view());
      given.push_back({input.view(), nullptr});
    }
    const auto wanted = (*plain)->run(views);
    ASSERT_TRUE(wanted) << path << ": " << wanted.error().text();
    Budget budget(std::int64_t{1} << 40);
    auto run = (*device)->start(given, budget);
    ASSERT_TRUE(run) << path << ": " << run.error().text();
    const auto outputs = run->wait();
    ASSERT_TRUE(outputs) << path << ": " << outputs.error().text();
    ASSERT_EQ(outputs->size(), wanted->size());
    for (std::size_t i = 0; i < outputs->size(); ++i)
      EXPECT_TRUE(std::ranges::equal((*outputs)[i].view.as<float>(), (*wanted)[i].as<float>())) << path;
  }
  EXPECT_GE(seed, 4U) << "there are networks";
}

TEST(Models, WeightsAreDroppedOncePacked) {
  for (const fs::path& path : networks()) {
    Graph graph = lowered(path, xnn::backend);
    std::int64_t weights = 0;
    for (const Tensor& constant : graph.constants)
      weights += static_cast<std::int64_t>(constant.bytes());
    CompileOptions keeping;
    keeping.keep_constants = true;
    const auto keeps = xnn::backend.compile(graph.clone(), keeping), drops = xnn::backend.compile(std::move(graph), {});
    ASSERT_TRUE(keeps && drops) << path;
    EXPECT_GE((*keeps)->bytes().constants, weights) << path;
    EXPECT_LE((*drops)->bytes().constants, weights / 50) << path << " of " << weights;
    EXPECT_EQ(parameters_of((*drops)->graph()), parameters_of((*keeps)->graph())) << path;
    EXPECT_GT((*drops)->bytes().packed, 0) << path;
  }
}

} // namespace
} // namespace ganlet::test
