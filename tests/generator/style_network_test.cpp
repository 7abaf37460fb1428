// Style-based models in their two networks, drawn through Model.

#include <gtest/gtest.h>

#include "core/rng.h"
#include "generator/model.h"
#include "generator/tiny_model.h"
#include "generator/tiny_styles.h"
#include "image/npy.h"
#include "xnn/xnn.h"

namespace ganlet {
namespace {

using test::adding_synthesis;
using test::doubling_map;

constexpr float mean = 0.25F;
const std::vector<float> mean_style(4, mean), grain{5, 6, 7, 8};

std::vector<std::byte> array_file(const std::vector<float>& numbers) {
  return write_npy(Tensor::of<float>(Shape{static_cast<std::int64_t>(numbers.size())}, numbers).view());
}

/// What the model is made of, by part.
using Parts = std::vector<std::pair<std::string, std::vector<std::byte>>>;

Parts parts_with(const std::vector<std::byte>& synthesis) {
  return {{"mapping", doubling_map()},
          {"synthesis", synthesis},
          {"mean_style", array_file(mean_style)},
          {"noise", array_file(grain)}};
}

Model model_of(const Parts& parts) {
  ModelDescription description;
  for (const auto& [name, bytes] : parts)
    description.parts.push_back({name, name + (bytes[0] == std::byte{0x93} ? ".npy" : ".onnx"), {}, {}});
  ModelOptions options;
  options.backend = &xnn::backend;
  options.source = [parts](const ModelPart& part) -> Result<std::vector<std::byte>> {
    for (const auto& [name, bytes] : parts)
      if (name == part.name)
        return bytes;
    return fail(ErrorCode::not_found, part.name, "isn't there");
  };
  return std::move(*Model::open(std::move(description), std::move(options)));
}

Model model() {
  return model_of(parts_with(adding_synthesis()));
}

/// Network output of all images.
std::vector<float> drawn(Model& model, const DrawRequest& request) {
  std::vector<float> all;
  auto drawing = model.draw(request, Keep::nothing);
  EXPECT_TRUE(drawing) << drawing.error().text();
  while (drawing && !drawing->is_done()) {
    const auto images = drawing->step();
    EXPECT_TRUE(images) << images.error().text();
    if (!images)
      return {};
    all.insert(all.end(), images->values.begin(), images->values.end());
  }
  return all;
}

std::string error_of(Model model, const DrawRequest& request) {
  auto drawing = model.draw(request);
  return drawing ? "no error" : drawing.error().text();
}

std::vector<float> latent_of(std::uint64_t seed) {
  std::vector<float> latent(4);
  fill_latent(seed, Distribution::normal, latent);
  return latent;
}

const Noise off{Noise::Kind::off, 0};

TEST(StyleNetwork, TakesLayersFromTheOtherSeed) {
  Model styled = model();
  const std::vector<float> one = latent_of(1), two = latent_of(2);
  const std::vector<float> values = drawn(styled, {.seed = 1, .mix = StyleMix{2, {1, 1}}, .noise = off});
  ASSERT_EQ(values.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(values[i], 2 * one[i] + 10 * 2 * two[i], 1e-4F);
}

TEST(StyleNetwork, DrawsAllImagesOfARequestInBatches) {
  Model styled = model();
  const std::vector<float> values = drawn(styled, {.count = 40, .seed = 7, .noise = off});
  ASSERT_EQ(values.size(), 160U);
  for (const std::size_t image : {0, 15, 16, 39})
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_NEAR(values[4 * image + i], 22 * latent_of(7 + image)[i], 1e-4F);
}

TEST(StyleNetwork, DrawsALatentThatIsNoSeeds) {
  Model styled = model();
  const std::vector<float> values = drawn(styled, {.latents = {1, -2, 3, 0.5F}, .noise = off});
  EXPECT_EQ(values, (std::vector<float>{22, -44, 66, 11}));
  EXPECT_EQ(error_of(model(), {.latents = {1, 2, 3}}), "latents: are 3 numbers; 1 images of this model take 1 x 4");
}

TEST(StyleNetwork, ShiftsTheStyleOfEveryLayer) {
  Model styled = model();
  const std::vector<float> values =
      drawn(styled, {.seed = 5, .truncation = 0, .noise = off, .style_shifts = {1, 0, -2, 0}});
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(values[i], 11 * (mean + (i == 0 ? 1.0F : i == 2 ? -2.0F : 0.0F)), 1e-4F);
  EXPECT_EQ(error_of(model(), {.style_shifts = {1, 2}}),
            "style_shifts: are 2 numbers; 1 images of this model take 1 x 4");
}

TEST(StyleNetwork, TruncatesTowardsTheMeanStyleBelowTheCutoff) {
  Model styled = model();
  const std::vector<float> latent = latent_of(5);
  const std::vector<float> half = drawn(styled, {.seed = 5, .truncation = 0.5F, .noise = off}),
                           coarse = drawn(styled, {.seed = 5, .truncation = 0, .cutoff = 1, .noise = off});
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(half[i], 11 * (mean + 0.5F * (2 * latent[i] - mean)), 1e-4F);
    EXPECT_NEAR(coarse[i], mean + 10 * 2 * latent[i], 1e-4F);
  }
}

TEST(StyleNetwork, NoiseIsTheTrainingsOwnOffOfASeedOrOfEachImage) {
  Model styled = model();
  const std::vector<float> quiet = drawn(styled, {.count = 2, .seed = 3, .noise = off}),
                           fixed = drawn(styled, {.count = 2, .seed = 3}),
                           seeded = drawn(styled, {.count = 2, .seed = 3, .noise = {Noise::Kind::seeded, 9}}),
                           each = drawn(styled, {.count = 2, .seed = 3, .noise = {Noise::Kind::each, 0}});
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_NEAR(fixed[i] - quiet[i], 1000 * grain[i % 4], 1e-2F);
    EXPECT_NEAR(seeded[i] - quiet[i], 1000 * Rng(9, stream::noise).normal(i % 4), 1e-2F);
    EXPECT_NEAR(each[i] - quiet[i], 1000 * Rng(3 + i / 4, stream::noise).normal(i % 4), 1e-2F);
  }
}

TEST(StyleNetwork, NeedsOnlyWhatARequestUses) {
  Model styled = model();
  const auto names = [&](const DrawRequest& request) {
    std::string text;
    const auto needs = styled.needs(request);
    for (const ModelPart& part : *needs)
      text += part.name + " ";
    return text;
  };
  EXPECT_EQ(names({.noise = off}), "mapping synthesis ");
  EXPECT_EQ(names({}), "mapping synthesis noise ");
  EXPECT_EQ(names({.truncation = 0.5F}), "mapping synthesis noise mean_style ");
  drawn(styled, {});
  EXPECT_EQ(names({.truncation = 0.5F}), "mean_style ");
}

TEST(StyleNetwork, RequestsOutOfRangeAreRefused) {
  EXPECT_EQ(error_of(model(), {.mix = StyleMix{1, {1, 2}}}),
            "mix: layers must lie between 0 and 1, the first before the last; are 1-2");
  EXPECT_EQ(error_of(model(), {.truncation = 2}), "truncation: must be 0 to 1, is 2");
  EXPECT_EQ(error_of(model(), {.cutoff = 3}), "cutoff: must be 0 to 2, is 3");
  EXPECT_EQ(error_of(model(), {.label = 0}), "label: this model has no classes");
  Parts bare = parts_with(adding_synthesis());
  bare.resize(2);
  EXPECT_EQ(error_of(model_of(bare), {.truncation = 0.5F}),
            "truncation: this model has no mean style to truncate towards");
}

TEST(StyleNetwork, PartsThatDontFitAreRefused) {
  EXPECT_NE(error_of(model_of(parts_with(adding_synthesis(5))), {}), "no error");
  EXPECT_EQ(
      error_of(model_of(parts_with(doubling_map())), {}),
      "synthesis.onnx: synthesis: must have the inputs w, float32 (N, layers, W), and noise, float32 (N, pixels), "
      "and give an image");
  Parts short_mean = parts_with(adding_synthesis());
  short_mean[2].second = array_file({1, 2});
  EXPECT_EQ(error_of(model_of(short_mean), {.truncation = 0.5F}),
            "mean_style.npy: mean_style: has 2 numbers, the model takes 4");
}

// They were taken for networks that had been given, and there was none.
TEST(StyleNetwork, AnArrayInPlaceOfANetworkIsRefused) {
  Parts parts = parts_with(adding_synthesis());
  for (const std::size_t part : {0, 1}) {
    Parts changed = parts;
    changed[part].second = array_file({1, 2});
    EXPECT_EQ(error_of(model_of(changed), {}), changed[part].first + ": is an array, not a network");
  }
  parts.push_back({"encoder", array_file({1, 2})});
  Model model = model_of(parts);
  const auto latent = model.encode({1, 1, {0, 0, 0, 255}});
  ASSERT_FALSE(latent);
  EXPECT_EQ(latent.error().text(), "encoder: is an array, not a network");
}

TEST(StyleNetwork, AnArrayKeptWhileTrainingIsRefused) {
  ModelDescription description;
  description.parts = {{"generator", "generator.onnx", {}, {}}, {"kept", "kept.npy", {}, {}}};
  description.training = {{"kept", 5, {}}, {"generator", 10, {}}};
  ModelOptions options;
  options.backend = &xnn::backend;
  options.source = [](const ModelPart&) -> Result<std::vector<std::byte>> { return array_file({1, 2}); };
  EXPECT_EQ(error_of(std::move(*Model::open(std::move(description), std::move(options))), {.step = 5}),
            "kept: is an array, not a network");
}

} // namespace
} // namespace ganlet
