#include "generator/truncating_generator.h"

#include <gtest/gtest.h>

#include "generator/tiny_model.h"
#include "generator/tiny_styles.h"
#include "xnn/xnn.h"

namespace ganlet {
namespace {

constexpr float mean = 0.25F;

Generator generator_of(const std::vector<std::byte>& file) {
  return *Generator::load(file, {}, xnn::backend, {});
}

StyleGenerator styles(std::vector<float> mean_style = std::vector<float>(4, mean)) {
  const std::vector<std::byte> mapping = test::doubling_map(), synthesis = test::adding_synthesis();
  return *StyleGenerator::load({mapping, synthesis, std::move(mean_style)}, {}, xnn::backend, {});
}

Result<std::vector<float>> values_of(TruncatingGenerator& generator, const Request& request) {
  std::vector<float> all;
  GANLET_CHECK(generator.generate_values(request, [&](std::span<const float> values, std::int64_t, std::int64_t) {
    all.insert(all.end(), values.begin(), values.end());
    return true;
  }));
  return all;
}

TEST(TruncatingGenerator, MovesStylesTowardsTheirMean) {
  auto generator = TruncatingGenerator::make(generator_of(test::adding_generator()), styles());
  ASSERT_TRUE(generator) << generator.error().text();
  const std::vector<float> latents{1, -2, 3, 0.5F, 0, 4, -1, 2};
  std::vector<float> noise(4);
  fill_latent(0, Distribution::normal, noise);
  const auto values = values_of(*generator, {.count = 2, .truncation = 0.5F, .latents = latents});
  ASSERT_TRUE(values) << values.error().text();
  ASSERT_EQ(values->size(), latents.size());
  for (std::size_t i = 0; i < latents.size(); ++i)
    EXPECT_NEAR((*values)[i], 11 * (mean + 0.5F * (2 * latents[i] - mean)) + 1000 * noise[i % 4], 1e-3F);
}

TEST(TruncatingGenerator, ImageIHasTheSeedThatFollows) {
  auto generator = TruncatingGenerator::make(generator_of(test::adding_generator()), styles());
  ASSERT_TRUE(generator);
  const std::vector<Image> three = *generator->generate({.seed = 5, .count = 3, .truncation = 0.5F});
  ASSERT_EQ(three.size(), 3U);
  EXPECT_EQ(three[2].pixels, styles().draw({.seed = 7, .truncation = 0.5F, .noise = 0})->pixels);
}

TEST(TruncatingGenerator, WithoutTruncationTheGeneratorDraws) {
  Generator plain = generator_of(test::adding_generator());
  auto generator = TruncatingGenerator::make(generator_of(test::adding_generator()), styles());
  ASSERT_TRUE(generator);
  EXPECT_EQ(generator->generate({.seed = 5})->at(0).pixels, plain.generate({.seed = 5})->at(0).pixels);
}

TEST(TruncatingGenerator, WhatCantBeTruncatedIsRefused) {
  EXPECT_EQ(TruncatingGenerator::make(generator_of(test::tiny_file()), styles()).error().text(),
            "truncation: this model has classes, which its mapping network doesn't take");
  EXPECT_EQ(TruncatingGenerator::make(generator_of(test::tiny_file({.label = "none"})), styles()).error().text(),
            "truncation: the mapping and synthesis networks aren't of this generator");
  auto generator = TruncatingGenerator::make(generator_of(test::adding_generator()), styles({}));
  ASSERT_TRUE(generator);
  EXPECT_EQ(generator->generate({.truncation = 0.5F}).error().text(),
            "truncation: this model has no mean style to truncate towards");
  EXPECT_EQ(generator->generate({.truncation = 1.5F}).error().text(), "truncation: must be 0 to 1, is 1.5");
}

} // namespace
} // namespace ganlet
