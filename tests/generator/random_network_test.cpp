// Networks that draw random numbers themselves, as generators with noise inside do.

#include <algorithm>

#include <gtest/gtest.h>

#include "core/rng.h"
#include "generator/model.h"
#include "onnx/writer.h"
#include "reference/reference.h"
#include "support/model_builder.h"
#include "support/pretend.h"
#include "xnn/xnn.h"

namespace ganlet {
namespace {

using test::integer;
using test::integers;
using test::ModelBuilder;
using test::number;

/// z (N,4), to which two nodes add noise, one of each kind. `rows`: -1 or the file's fixed batch.
ModelBuilder noisy(std::int64_t rows = -1) {
  ModelBuilder build;
  build.input("z", {rows, 4}).integers("shape", {rows, 1, 2, 2});
  build.node("RandomNormalLike", {"z"}, {"first"}, {number("scale", 2), number("seed", 3)});
  build.node("RandomUniformLike", {"z"}, {"second"}, {number("low", -1), number("seed", 3)});
  build.node("Add", {"first", "second"}, {"noise"}).node("Add", {"z", "noise"}, {"sum"});
  build.node("Reshape", {"sum", "shape"}, {"image"}).output("image");
  return build;
}

std::vector<float> draw(const onnx::Model& written, DrawRequest request, const Backend& backend = reference::backend) {
  auto model = Model::open_file(onnx::write(written), "noisy", {.backend = &backend});
  EXPECT_TRUE(model) << model.error().text();
  std::vector<float> all;
  if (!model)
    return all;
  auto drawing = model->draw(std::move(request), Keep::nothing);
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

std::vector<float> of_seed(std::uint64_t seed) {
  std::vector<float> wanted(4);
  fill_latent(seed, Distribution::normal, wanted);
  for (std::uint64_t i = 0; i < 4; ++i)
    wanted[i] += 2 * Rng(seed, 16).normal(i) - 1 + 2 * static_cast<float>(Rng(seed, 17).bits(i) >> 8) * 0x1p-24F;
  return wanted;
}

void expect_pictures(const std::vector<float>& drawn, std::initializer_list<std::uint64_t> seeds) {
  ASSERT_EQ(drawn.size(), 4 * seeds.size());
  for (std::size_t picture = 0; picture < seeds.size(); ++picture) {
    const std::vector<float> wanted = of_seed(seeds.begin()[picture]);
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_NEAR(drawn[picture * 4 + i], wanted[i], 1e-5F) << "picture " << picture << ", number " << i;
  }
}

TEST(RandomNetwork, DrawsByThePicturesSeedAndTheOrderOfItsNodes) {
  for (const Backend* const backend : {&reference::backend, &xnn::backend, &test::pretend}) {
    SCOPED_TRACE(backend->name);
    test::pretence = {.seed = 2};
    expect_pictures(draw(noisy().model(), {.count = 3, .seed = 5}, *backend), {5, 6, 7});
    expect_pictures(draw(noisy().model(), {.count = 2, .seeds = {7, 7}}, *backend), {7, 7});
  }
}

TEST(RandomNetwork, AFixedBatchHasItsPicturesSeedsToo) {
  expect_pictures(draw(noisy(2).model(), {.count = 3, .seed = 5}), {5, 6, 7});
}

/// Numbers that all pictures of a run would share: each picture is drawn by itself.
TEST(RandomNetwork, NumbersWithoutTheBatchAreThePicturesOwn) {
  ModelBuilder build;
  build.input("z", {-1, 4}).integers("shape", {-1, 1, 2, 2});
  build.node("RandomNormal", {}, {"noise"}, {integers("shape", {4})}).node("Add", {"z", "noise"}, {"sum"});
  build.node("Reshape", {"sum", "shape"}, {"image"}).output("image");
  const std::vector<float> all = draw(build.model(), {.count = 3, .seed = 5});
  const std::vector<float> alone = draw(build.model(), {.seed = 6});
  ASSERT_EQ(all.size(), 12U);
  EXPECT_TRUE(std::ranges::equal(std::span(all).subspan(4, 4), alone));
  std::vector<float> latent(4);
  fill_latent(6, Distribution::normal, latent);
  for (std::uint64_t i = 0; i < 4; ++i)
    EXPECT_NEAR(alone[i], latent[i] + Rng(6, 16).normal(i), 1e-6F);
}

TEST(RandomNetwork, RunsWithoutADrawingTakePlacesAsSeeds) {
  const auto graph = noisy().lower();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(graph->inputs.size(), 1U);
  const auto program = reference::backend.compile(graph->clone(), {});
  const Tensor z(DataType::float32, {2, 4});
  const TensorView view = z.view();
  const auto outputs = (*program)->run(std::span(&view, 1));
  ASSERT_TRUE(outputs) << outputs.error().text();
  const auto values = (*outputs)[0].as<const float>();
  for (std::uint64_t i = 0; i < 8; ++i) {
    const std::uint64_t seed = i / 4, place = i % 4;
    EXPECT_NEAR(values[i],
                2 * Rng(seed, 16).normal(place) - 1 + 2 * static_cast<float>(Rng(seed, 17).bits(place) >> 8) * 0x1p-24F,
                1e-5F);
  }
}

TEST(RandomNetwork, BernoulliHitsAsOftenAsItsProbabilitySays) {
  constexpr std::int64_t many = 100'000;
  for (const float probability : {0.0F, 0.3F, 1.0F}) {
    ModelBuilder build;
    Tensor probabilities(DataType::float32, {many});
    std::ranges::fill(probabilities.as<float>(), probability);
    build.input("z", {1, many}).constant("p", std::move(probabilities));
    build.node("Bernoulli", {"p"}, {"hit"}, {integer("dtype", 7)}).output("hit");
    const auto graph = build.lower();
    ASSERT_TRUE(graph) << graph.error().text();
    const auto program = reference::backend.compile(graph->clone(), {});
    const Tensor z(DataType::float32, {1, many});
    const TensorView view = z.view();
    const auto outputs = (*program)->run(std::span(&view, 1));
    ASSERT_TRUE(outputs) << outputs.error().text();
    const auto hits = std::ranges::count((*outputs)[0].as<const std::int64_t>(), 1);
    EXPECT_NEAR(static_cast<double>(hits) / many, static_cast<double>(probability),
                probability == 0.3F ? 0.0073 : 0); // five standard errors
  }
}

} // namespace
} // namespace ganlet
