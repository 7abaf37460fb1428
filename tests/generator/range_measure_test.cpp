// Ranges of values of networks whose end doesn't bound them.

#include "generator/range_measure.h"

#include <array>
#include <atomic>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/text.h"
#include "generator/model.h"
#include "generator/tiny_styles.h"
#include "reference/reference.h"
#include "support/drawn.h"
#include "support/pretend.h"

namespace ganlet::test {
namespace {

constexpr std::int64_t side = 12;

/// Pixel i is factor * z[i] + shift.
std::vector<std::byte> linear(float factor, float shift = 0) {
  ModelBuilder build;
  build.input("z", {-1, side * side}).constant("factors", Tensor(DataType::float32, {side * side}));
  build.floats("shift", Shape{1}, {shift}).integers("shape", {-1, 1, side, side});
  onnx::Model model = build.node("Mul", {"z", "factors"}, {"product"})
                          .node("Add", {"product", "shift"}, {"sum"})
                          .node("Reshape", {"sum", "shape"}, {"image"})
                          .output("image", {-1, 1, side, side})
                          .model();
  std::ranges::fill(model.initializers["factors"].as<float>(), factor);
  return onnx::write(model);
}

ModelDescription with_latents(Distribution distribution) {
  ModelDescription description;
  description.id = "linear";
  description.distribution = distribution;
  description.parts.push_back({"generator", "", {}, {}});
  return description;
}

Model opened(const std::vector<std::byte>& file, ModelOptions options = {},
             ModelDescription description = with_latents(Distribution::uniform)) {
  options.backend = options.backend ? options.backend : &reference::backend;
  auto model = Model::open(std::move(description), std::move(options));
  EXPECT_TRUE(model) << model.error().text();
  const auto given = model->give("generator", file);
  EXPECT_TRUE(given) << given.error().text();
  return std::move(*model);
}

ImageFacts facts_of(Model& model) {
  const auto facts = model.facts();
  EXPECT_TRUE(facts) << facts.error().text();
  return facts ? *facts : ImageFacts{};
}

void expect_range(ValueRange range, float low, float high, const std::string& what, float within = 0) {
  EXPECT_NEAR(range.low, low, within) << what;
  EXPECT_NEAR(range.high, high, within) << what;
}

TEST(RangeMeasure, OfLatentsThatAreUniform) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
  struct Row {
    float factor, shift, low, high, within = 0;
  };
  const Row rows[] = {
      {0.5F, 0.5F, 0, 1},               // what [0, 1] was meant for
      {0.6F, 0.5F, 0, 1},               // and goes beyond it
      {1, 0, -1, 1},                    //
      {1.3F, -0.1F, -1, 1},             //
      {127.5F, 127.5F, 0, 255},         //
      {60, 90, 0, 255},                 // dark pictures
      {3, 0, -2.95F, 2.95F, 0.03F},     // all but two hundredths of the values
      {1, 10, 9.02F, 11, 0.08F},        //
      {1e-3F, 0, -1e-3F, 1e-3F, 4e-5F}, // nothing has been learnt, perhaps
      {4e5F, 0, -3.95e5F, 3.95e5F, 5e3F},
      {0, 0.25F, 0, 1},
      {0, -1, -1, 1},
      {0, 7, 0, 255},
      {0, 1000, 500, 1500},
      {nan, 0, -1, 1},
      {0, inf, -1, 1},
      {3e38F, 0, -1, 1},
  };
  for (const Row& row : rows) {
    Model model = opened(linear(row.factor, row.shift));
    const ImageFacts facts = facts_of(model);
    const std::string what = concat(row.factor, " z + ", row.shift, ": ", facts.range.low, " to ", facts.range.high);
    expect_range(facts.range, row.low, row.high, what, row.within);
    EXPECT_EQ(facts.measured_pictures, 64) << what;
  }
}

TEST(RangeMeasure, NormalValuesAreSeenByTheirMiddle) {
  Model model = opened(linear(1, 5), {}, with_latents(Distribution::normal));
  expect_range(facts_of(model).range, 5 - 2.33F, 5 + 2.33F, "normal around 5", 0.08F);
}

TEST(RangeMeasure, AFewLinesOnAnEvenGroundCount) {
  ValueCounts counts;
  std::vector<float> values(10'000, -20.0F);
  counts.add(values);
  values.assign(40, 30.0F);
  counts.add(values);
  expect_range(counts.range(), -20, 30, "lines");
}

TEST(RangeMeasure, ATellingEndOrModelJsonNeedsNone) {
  ModelDescription description = with_latents(Distribution::uniform);
  description.value_range = ValueRange{-2, 3};
  Model told = opened(linear(1), {}, description);
  const ImageFacts facts = facts_of(told);
  expect_range(facts.range, -2, 3, "told");
  EXPECT_EQ(facts.measured_pictures, 0);
}

TEST(RangeMeasure, PicturesUseItWhateverIsAskedForFirst) {
  const std::vector<std::byte> file = linear(3);
  Model model = opened(file), other = opened(file);
  const Image picture = drawn(model, {.seed = 100});
  const ValueRange range = facts_of(other).range;
  std::vector<float> latent(side * side);
  fill_latent(100, Distribution::uniform, latent);
  for (std::size_t i = 0; i < latent.size(); ++i)
    ASSERT_EQ(picture.pixels[4 * i], to_byte(3 * latent[i], range));
  EXPECT_EQ(drawn(other, {.seed = 100}).pixels, picture.pixels);
}

TEST(RangeMeasure, AMapOfClassesNeedsNone) {
  ModelBuilder build;
  build.input("z", {-1, 20}).integers("shape", {-1, 5, 2, 2}).node("Reshape", {"z", "shape"}, {"image"});
  Model model = opened(onnx::write(build.output("image", {-1, 5, 2, 2}).model()));
  EXPECT_EQ(facts_of(model).measured_pictures, 0);
}

TEST(RangeMeasure, StyleBasedModelsHaveOne) {
  ModelDescription description = with_latents(Distribution::normal);
  description.parts = {{"mapping", "", {}, {}}, {"synthesis", "", {}, {}}};
  auto model = Model::open(description, {.backend = &reference::backend});
  ASSERT_TRUE(model);
  ASSERT_TRUE(model->give("mapping", doubling_map()));
  ASSERT_TRUE(model->give("synthesis", adding_synthesis(4, 0)));
  const ImageFacts facts = facts_of(*model);
  EXPECT_EQ(facts.measured_pictures, 64);
  expect_range(facts.range, -48, 48, "22 times normal numbers", 14);
}

TEST(RangeMeasure, NetworksThatTakeLongAreSeenFewerTimes) {
  ModelBuilder build;
  build.input("z", {-1, 16}).ramp("weights", {16, 64}).integers("shape", {-1, 1, 8, 8});
  build.node("MatMul", {"z", "weights"}, {"sum"}).node("Reshape", {"sum", "shape"}, {"image"});
  const std::vector<std::byte> file = onnx::write(build.output("image", {-1, 1, 8, 8}).model());
  ModelOptions options;
  options.compile.limits.run_units = 16 * 64 * 10 + 500;
  Model model = opened(file, options);
  const std::int64_t seen = facts_of(model).measured_pictures;
  EXPECT_GT(seen, 0);
  EXPECT_LE(seen, 10);
}

TEST(RangeMeasure, WhatIsWrongIsSaidByDrawing) {
  ModelOptions options;
  options.compile.limits.run_units = 10;
  Model model = opened(linear(1), options);
  const ImageFacts facts = facts_of(model);
  expect_range(facts.range, -1, 1, "nothing measured");
  EXPECT_EQ(facts.measured_pictures, 0);
  const auto picture = model.picture({});
  ASSERT_FALSE(picture);
  EXPECT_EQ(picture.error().code(), ErrorCode::limit_exceeded);
}

TEST(RangeMeasure, CanBeStoppedAndBegunAgain) {
  std::atomic<bool> stop = false;
  ModelOptions options;
  options.compile.stop = &stop;
  Model model = opened(linear(1), options);
  stop = true;
  const auto facts = model.facts();
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code(), ErrorCode::cancelled);
  stop = false;
  EXPECT_EQ(facts_of(model).measured_pictures, 64);
}

TEST(RangeMeasure, GoesOnWithoutWaiting) {
  pretence = {};
  Model plain = opened(linear(2)), model = opened(linear(2), {.backend = &pretend});
  int waits = 0;
  for (bool is_known = false; !is_known; ++waits) {
    const auto now = model.poll_range();
    ASSERT_TRUE(now) << now.error().text();
    is_known = *now;
  }
  EXPECT_GT(waits, 4);
  const ValueRange range = facts_of(plain).range;
  expect_range(facts_of(model).range, range.low, range.high, "polled");
  pretence = {};
}

} // namespace
} // namespace ganlet::test
