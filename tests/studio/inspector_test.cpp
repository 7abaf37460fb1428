#include "studio/inspector.h"

#include <cmath>

#include <gtest/gtest.h>

#include "support/drawn.h"

namespace ganlet::studio {
namespace {

std::shared_ptr<LoadedModel> digits(const Engine& engine = {}) {
  auto model = load(GANLET_SOURCE_DIR "/models/digits", "digits", engine);
  EXPECT_TRUE(model);
  return *model;
}

TEST(Inspector, DrawsWhatTheModelDraws) {
  const auto model = digits();
  const auto inspection = inspect(*model, {.label = 2, .seed = 11}, {}, 0);
  ASSERT_TRUE(inspection);
  EXPECT_EQ(inspection->picture.pixels, test::drawn(model->model, {.label = 2, .seed = 11}).pixels);
  EXPECT_GT(inspection->layers.size(), 3U);
  EXPECT_EQ(inspection->layers.back().channels, 1);
}

TEST(Inspector, SeesATruncatedAndVariedLatent) {
  const auto model = digits();
  const DrawRequest request{.text = "3", .jitter = 0.5F, .seed = 11, .truncation = 0.5F};
  const auto inspection = inspect(*model, request, {}, 0);
  ASSERT_TRUE(inspection);
  EXPECT_EQ(inspection->picture.pixels, test::drawn(model->model, request).pixels);
}

TEST(Inspector, TilesAreTheChannels) {
  const auto model = digits();
  const auto all = inspect(*model, {.label = 2, .seed = 11}, {}, 0);
  ASSERT_TRUE(all);
  for (std::size_t i = 0; i < all->layers.size(); ++i) {
    const auto one = inspect(*model, {.label = 2, .seed = 11}, {}, i);
    ASSERT_TRUE(one);
    EXPECT_GE(one->tile_columns * one->tile_width, one->layers[i].width);
    EXPECT_EQ(one->tiles.width, one->tile_columns * one->layers[i].width);
    EXPECT_LE(one->layers[i].low, one->layers[i].mean);
    EXPECT_LE(one->layers[i].mean, one->layers[i].high);
  }
}

TEST(Inspector, SilencingAChannelChangesThePictureAndOnesDoNot) {
  const auto model = digits({{.name = "reference"}});
  const DrawRequest request{.label = 2, .seed = 11};
  const auto plain = inspect(*model, request, {}, 0);
  ASSERT_TRUE(plain);
  for (std::size_t layer = 0; layer < plain->layers.size(); ++layer) {
    const auto same = inspect(*model, request, {{layer, 0, 1}}, layer);
    ASSERT_TRUE(same) << same.error().text();
    EXPECT_EQ(same->picture.pixels, plain->picture.pixels) << layer;
  }
  const auto last = plain->layers.size() - 1;
  const auto dark = inspect(*model, request, {{last, 0, 0}}, last);
  ASSERT_TRUE(dark);
  EXPECT_EQ(dark->layers[last].zeros, 1);
}

TEST(Inspector, EigenvectorsComeInTheirOrder) {
  const std::vector<double> vectors = eigenvectors({2, 1, 0, 1, 2, 0, 0, 0, 10}, 3);
  EXPECT_NEAR(std::fabs(vectors[2]), 1, 1e-9);              // of 10
  EXPECT_NEAR(std::fabs(vectors[3]), std::sqrt(0.5), 1e-9); // of 3: (1, 1, 0)
  EXPECT_NEAR(vectors[3], vectors[4], 1e-9);
  EXPECT_NEAR(vectors[6], -vectors[7], 1e-9); // of 1: (1, -1, 0)
}

TEST(Inspector, DirectionsAreOrthonormal) {
  const auto model = digits();
  const auto directions = first_layer_directions(*model, 5);
  ASSERT_TRUE(directions) << directions.error().text();
  ASSERT_EQ(directions->size(), 5U * 64);
  for (std::size_t a = 0; a < 5; ++a)
    for (std::size_t b = 0; b < 5; ++b) {
      double product = 0;
      for (std::size_t i = 0; i < 64; ++i)
        product += double{(*directions)[a * 64 + i]} * (*directions)[b * 64 + i];
      EXPECT_NEAR(product, a == b ? 1 : 0, 1e-5);
    }
}

} // namespace
} // namespace ganlet::studio
