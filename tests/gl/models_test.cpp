// The shipped models on a GPU: their pictures, and that no node is left to the CPU.

#include <filesystem>

#include <gtest/gtest.h>

#include "backends/backends.h"
#include "generator/model_folder.h"
#include "graph/lower.h"
#include "image/whole_file.h"
#include "onnx/reader.h"
#include "reference/reference.h"

namespace ganlet::test {
namespace {

namespace fs = std::filesystem;

const Backend& gpu() {
  return **backend_named("gl");
}

Result<Image> drawn(const std::string& model, const Backend& backend) {
  LoadOptions options;
  options.backend = &backend;
  options.models = {fs::path(GANLET_SOURCE_DIR) / "models"};
  GANLET_TRY(Model loaded, load_model(model, options));
  DrawRequest request;
  request.count = 4;
  request.seed = 7;
  GANLET_TRY(Drawing drawing, loaded.draw(request));
  GANLET_CHECK(drawing.finish());
  return std::move(drawing).take_picture();
}

TEST(GlModels, PicturesAreWithin2StepsOfTheReferences) {
  for (const std::string model : {"digits", "nouns", "creatures", "fashion", "digits-dcgan"}) {
    const auto given = drawn(model, gpu()), wanted = drawn(model, reference::backend);
    ASSERT_TRUE(given) << model << ": " << given.error().text();
    ASSERT_TRUE(wanted) << model << ": " << wanted.error().text();
    ASSERT_EQ(given->pixels.size(), wanted->pixels.size());
    ASSERT_GT(given->pixels.size(), 0U);
    int largest = 0;
    for (std::size_t i = 0; i < given->pixels.size(); ++i)
      largest = std::max(largest, std::abs(given->pixels[i] - wanted->pixels[i]));
    EXPECT_LE(largest, 2) << model;
  }
}

TEST(GlModels, RunWhollyOnTheGpu) {
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(GANLET_SOURCE_DIR) / "models")) {
    if (entry.path().extension() != ".onnx")
      continue;
    const auto bytes = read_whole(entry.path().string(), std::int64_t{64} << 20);
    ASSERT_TRUE(bytes) << bytes.error().text();
    auto model = onnx::read(*bytes, {});
    ASSERT_TRUE(model) << model.error().text();
    const auto graph = lower(std::move(*model), {.evaluate = reference::evaluate, .prefers = gpu().prefers});
    ASSERT_TRUE(graph) << graph.error().text();
    for (const Node& node : graph->nodes) {
      const auto runs = gpu().can_run(*graph, node);
      EXPECT_TRUE(runs) << entry.path() << ": " << runs.error().text();
    }
  }
}

} // namespace
} // namespace ganlet::test
