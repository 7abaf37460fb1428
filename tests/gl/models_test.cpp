// The shipped models on a GPU: their pictures, and that no node is left to the CPU.

#include <filesystem>

#include <gtest/gtest.h>

#include "backends/backends.h"
#include "generator/model_folder.h"
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

} // namespace
} // namespace ganlet::test
