#include "generator/style.h"

#include <gtest/gtest.h>

#include "generator/tiny_styles.h"
#include "xnn/xnn.h"

namespace ganlet {
namespace {

using test::adding_synthesis;
using test::doubling_map;

constexpr float mean = 0.25F;

Result<StyleGenerator> load(const std::vector<std::byte>& synthesis,
                            std::vector<float> mean_style = std::vector<float>(4, mean)) {
  ModelDescription description;
  description.value_range = ValueRange{-127.5F, 127.5F}; // a step of 1 is one of 255
  const std::vector<std::byte> mapping = doubling_map();
  return StyleGenerator::load({mapping, synthesis, std::move(mean_style)}, description, xnn::backend, {});
}

TEST(StyleGenerator, TakesLayersFromTheOtherSeed) {
  auto generator = load(adding_synthesis());
  ASSERT_TRUE(generator) << generator.error().text();
  EXPECT_EQ(generator->layers(), 2);
  const std::vector<float> one = *generator->style_of(1), two = *generator->style_of(2);
  const std::vector<float> mixed = *generator->styles_of({.seed = 1, .with = 2, .layers = {1, 1}});
  EXPECT_EQ(std::vector<float>(mixed.begin(), mixed.begin() + 4), one);
  EXPECT_EQ(std::vector<float>(mixed.begin() + 4, mixed.end()), two);
  const Image picture = *generator->synthesize(mixed, std::nullopt);
  ASSERT_EQ(picture.width, 2);
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(picture.pixels[4 * i], to_byte(one[i] + 10 * two[i], {-127.5F, 127.5F}));
}

TEST(StyleGenerator, DrawsALatentThatIsNoSeeds) {
  auto generator = load(adding_synthesis());
  ASSERT_TRUE(generator);
  EXPECT_EQ(generator->latent_size(), 4);
  const std::vector<float> latent{1, -2, 3, 0.5F};
  const std::vector<float> styles = *generator->styles_of({.seed = 1, .latent = latent, .with = 2, .layers = {1, 1}}),
                           two = *generator->style_of(2);
  EXPECT_EQ(std::vector<float>(styles.begin(), styles.begin() + 4), (std::vector<float>{2, -4, 6, 1}));
  EXPECT_EQ(std::vector<float>(styles.begin() + 4, styles.end()), two);
  EXPECT_EQ(generator->style_of(std::span(latent).first(3)).error().text(), "latent: must be 4 numbers, is 3");
}

TEST(StyleGenerator, ShiftsTheStyleOfEveryLayer) {
  auto generator = load(adding_synthesis());
  ASSERT_TRUE(generator);
  const std::vector<float> shift{1, 0, -2, 0};
  const std::vector<float> moved = *generator->styles_of({.seed = 5, .truncation = 0, .shift = shift});
  EXPECT_EQ(moved, (std::vector<float>{mean + 1, mean, mean - 2, mean, mean + 1, mean, mean - 2, mean}));
  EXPECT_EQ(generator->draw({.shift = std::span(shift).first(2)}).error().text(), "shift: must be 4 numbers, is 2");
}

TEST(StyleGenerator, TruncatesLayersBelowTheCutoff) {
  auto generator = load(adding_synthesis());
  ASSERT_TRUE(generator);
  const std::vector<float> style = *generator->style_of(5);
  const std::vector<float> styles = *generator->styles_of({.seed = 5, .truncation = 0, .cutoff = 1});
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_FLOAT_EQ(styles[i], mean);
    EXPECT_EQ(styles[4 + i], style[i]);
  }
}

TEST(StyleGenerator, NoiseIsOfItsSeedOrOff) {
  auto generator = load(adding_synthesis());
  ASSERT_TRUE(generator);
  const StyleRequest quiet{.seed = 3}, loud{.seed = 3, .noise = 8}, other{.seed = 3, .noise = 9};
  EXPECT_EQ(generator->draw(quiet)->pixels, generator->draw(quiet)->pixels);
  EXPECT_EQ(generator->draw(loud)->pixels, generator->draw(loud)->pixels);
  EXPECT_NE(generator->draw(loud)->pixels, generator->draw(quiet)->pixels);
  EXPECT_NE(generator->draw(loud)->pixels, generator->draw(other)->pixels);
}

TEST(StyleGenerator, RequestsOutOfRangeAreRefused) {
  auto generator = load(adding_synthesis());
  ASSERT_TRUE(generator);
  EXPECT_EQ(generator->draw({.with = 1, .layers = {1, 2}}).error().text(),
            "layers: must lie between 0 and 1, the first before the last; are 1-2");
  EXPECT_EQ(generator->draw({.truncation = 2}).error().text(), "truncation: must be between 0 and 1, is 2");
  EXPECT_EQ(generator->draw({.cutoff = 3}).error().text(), "cutoff: must be between 0 and 2 layers, is 3");
  EXPECT_EQ(load(adding_synthesis(), {})->draw({.truncation = 0.5F}).error().text(),
            "truncation: this model has no mean style to truncate towards");
}

TEST(StyleGenerator, PartsThatDontFitAreRefused) {
  EXPECT_EQ(load(adding_synthesis(5)).error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(
      load(doubling_map()).error().text(),
      "synthesis: must have the inputs w, float32 (N, layers, W), and noise, float32 (N, pixels), and give an image");
  EXPECT_EQ(load(adding_synthesis(), {1, 2}).error().text(), "mean_style: has 2 numbers, styles have 4");
}

} // namespace
} // namespace ganlet
