#include "studio/request.h"

#include <cmath>

#include <gtest/gtest.h>

#include "generator/latent.h"

namespace ganlet::studio {
namespace {

ModelFacts digits() {
  ModelFacts model;
  model.about.title = "Digits";
  model.latent_size = 64;
  for (char c = '0'; c <= '9'; ++c)
    model.labels.emplace_back(1, c);
  model.writes_digits = true;
  model.image = {28, 28, 1};
  return model;
}

std::vector<float> latent_of_seed(std::uint64_t seed, std::int64_t size = 64) {
  std::vector<float> latent(static_cast<std::size_t>(size));
  fill_latent(seed, Distribution::normal, latent);
  return latent;
}

TEST(DrawRequest, ATextHasOneHand) {
  State state;
  state.text = "2026";
  state.place.seed = 5;
  const DrawRequest request = request_of(state, digits());
  EXPECT_EQ(request, (DrawRequest{.text = "2026", .seed = 5}));
  state.place.x = 500;
  const DrawRequest between = request_of(state, digits());
  EXPECT_EQ(between, (DrawRequest{.text = "2026", .seed = 5, .latents = latent_of(state.place, digits())}));
}

TEST(DrawRequest, DigitsOfAHandVaryAsInGenerate) {
  State state;
  state.text = "33";
  state.jitter = 0.15F;
  state.place.seed = 5;
  EXPECT_EQ(request_of(state, digits()), (DrawRequest{.text = "33", .jitter = 0.15F, .seed = 5}));
  state.rows = 2;
  const DrawRequest request = request_of(state, digits());
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint64_t hand = 5 + i / 2;
    std::vector<float> latent = latent_of_seed(hand);
    jitter(0.15F, hand, i % 2, Distribution::normal, latent);
    EXPECT_EQ(std::vector<float>(request.latents.begin() + i * 64, request.latents.begin() + (i + 1) * 64), latent);
  }
  state.vary = true;
  const std::vector<float> varied = request_of(state, digits()).latents;
  state.jitter = 0;
  EXPECT_EQ(varied, request_of(state, digits()).latents);
}

TEST(DrawRequest, RowsOfATextAreFurtherHands) {
  State state;
  state.text = "1";
  state.rows = 3;
  state.place.seed = 5;
  const DrawRequest request = request_of(state, digits());
  EXPECT_EQ(request, (DrawRequest{.text = "111", .vary = true, .seed = 5, .seeds = {5, 6, 7}, .columns = 1}));
}

TEST(DrawRequest, ALongTextIsWrittenOverSeveralRowsInOneHand) {
  State state;
  state.text = std::string(1000, '7');
  state.rows = 5;
  make_valid(state);
  const DrawRequest request = request_of(state, digits());
  EXPECT_EQ(images_of(request), 1000);
  EXPECT_EQ(request.columns, most_columns);
  EXPECT_FALSE(request.vary);
  EXPECT_EQ(grid_of(state, digits()).rows, 32);
  EXPECT_EQ(description_of(state, digits()), std::string(32, '7') + "... (1,000 digits), seed 12");
  state.text += '7';
  make_valid(state);
  EXPECT_EQ(state.text.size(), 1000U);
  // No state has more images than a text may have symbols.
  state.text = std::string(most_columns, '7');
  state.rows = most_columns;
  EXPECT_EQ(images_of(request_of(state, digits())), 31 * most_columns);
}

TEST(DrawRequest, AGridTakesTurnsThroughLabelsAndSeeds) {
  State state;
  state.text.clear();
  state.columns = 4;
  state.rows = 3;
  DrawRequest request = request_of(state, digits());
  EXPECT_EQ(request, (DrawRequest{.count = 12, .seed = 12, .columns = 4}));
  state.label = 7;
  request = request_of(state, digits());
  EXPECT_EQ(request.label, 7);
  state.label = 70; // of another model
  EXPECT_EQ(request_of(state, digits()).label, std::nullopt);
}

TEST(DrawRequest, ModelsWithoutClassesIgnoreTextAndLabel) {
  ModelFacts model = digits();
  model.labels.clear();
  model.writes_digits = false;
  State state;
  state.label = 3;
  const DrawRequest request = request_of(state, model);
  EXPECT_EQ(request, DrawRequest{.seed = 12});
}

TEST(Plane, PassesThroughItsSeeds) {
  Place place{.seed = 100};
  place.x = 3000;
  place.y = -2000;
  EXPECT_EQ(latent_of(place, digits()), latent_of_seed(100 + 3 - 2 * seeds_a_row));
}

TEST(Plane, KeepsTheLengthOfLatentsBetweenSeeds) {
  ModelFacts model = digits();
  model.latent_size = 4096;
  for (const auto& [x, y] : {std::pair{500, 500}, {250, -750}, {-1, 999}}) {
    Place place;
    place.x = x;
    place.y = y;
    double sum = 0;
    for (const float value : latent_of(place, model))
      sum += double{value} * value;
    EXPECT_NEAR(sum / 4096, 1, 0.1);
  }
}

TEST(Plane, HasNoSeams) {
  for (std::int32_t at = -2000; at <= 2000; ++at) {
    Place place{.seed = 100}, next{.seed = 100};
    place.x = at;
    next.x = at + 1;
    const std::vector<float> a = latent_of(place, digits()), b = latent_of(next, digits());
    for (std::size_t i = 0; i < a.size(); ++i)
      ASSERT_NEAR(a[i], b[i], 0.02) << at;
  }
}

TEST(Place, DirectionsAddToIt) {
  ModelFacts model = digits();
  model.directions.values.assign(64, 0);
  model.directions.size = 64;
  model.directions.values[5] = 1;
  Place place{.seed = 1};
  place.amounts[0] = 20;
  place.amounts[1] = 50; // there is no such direction
  std::vector<float> expected = latent_of_seed(1);
  expected[5] += 2;
  EXPECT_EQ(latent_of(place, model), expected);
}

TEST(Place, ALatentSetByHandStandsForAll) {
  Place place{.latent = to_steps(latent_of_seed(3))};
  const std::vector<float> latent = latent_of(place, digits()), wanted = latent_of_seed(3);
  for (std::size_t i = 0; i < latent.size(); ++i)
    EXPECT_NEAR(latent[i], wanted[i], latent_step / 2);
  place.latent.resize(3); // of another model: the seed counts
  EXPECT_EQ(latent_of(place, digits()), latent_of_seed(place.seed));
}

TEST(Place, DirectionsAddToALatentSetByHand) {
  ModelFacts model = digits();
  model.directions.values.assign(64, 0);
  model.directions.size = 64;
  model.directions.values[5] = 1;
  Place place{.latent = std::vector<std::int8_t>(64, 0)};
  place.amounts[0] = -20;
  std::vector<float> expected(64);
  expected[5] = -2;
  EXPECT_EQ(latent_of(place, model), expected);
}

ModelFacts styled(int layers = 6) {
  ModelFacts model;
  model.about.title = "Styled";
  model.latent_size = 4;
  model.style = {.layers = layers, .truncates = true};
  return model;
}

TEST(Style, IsPlannedForModelsThatHaveStyles) {
  State state;
  state.place.seed = 5;
  state.truncation = 0.7F;
  EXPECT_FLOAT_EQ(request_of(state, styled()).truncation, 0.7F);
  state.style = {StyleMix{7, {0, 1}}, 2, {Noise::Kind::off, 0}};
  EXPECT_TRUE(request_of(state, styled()).mix);
  for (const ModelFacts& plain : {styled(0), digits()}) {
    const DrawRequest request = request_of(state, plain);
    EXPECT_FALSE(request.mix || request.cutoff);
    EXPECT_EQ(request.noise, Noise{});
  }
  ModelFacts without_mean = styled();
  without_mean.style.truncates = false;
  EXPECT_EQ(request_of(state, without_mean).truncation, 1);
}

TEST(Style, StaysWithinTheModelsLayers) {
  State state;
  state.style = {StyleMix{7, {2, 40}}, 64, {Noise::Kind::off, 0}};
  const DrawRequest request = request_of(state, styled());
  EXPECT_EQ(request.mix, (StyleMix{7, {2, 5}}));
  EXPECT_EQ(request.cutoff, 6);
}

TEST(Style, DirectionsOfStylesMoveStylesAndNotLatents) {
  ModelFacts model = styled();
  model.directions.of_styles = true;
  model.directions.size = 3;
  model.directions.values = {1, 0, 0, 0, 1, 0};
  State state;
  state.columns = 2;
  state.place.amounts[1] = 20;
  const DrawRequest request = request_of(state, model);
  EXPECT_EQ(request.style_shifts, (std::vector<float>{0, 2, 0}));
  EXPECT_EQ(latent_of(state.place, model), latent_of_seed(state.place.seed, 4));
  state.place.amounts = {};
  state.animation.keyframes = {{.seed = 1}, {.seed = 2, .amounts = {40}}};
  state.animation.frames = 4;
  EXPECT_FLOAT_EQ(request_of_frame(state, model, 1).style_shifts[0], 2); // halfway to the second
}

TEST(Style, NoiseIsAsInTrainingOfEachPictureOrOfOneSeed) {
  State state;
  state.place.seed = 5;
  state.columns = 3;
  const auto request = [&] { return request_of(state, styled()); };
  EXPECT_EQ(request().noise, Noise{});
  state.style.noise = {Noise::Kind::each, 0};
  EXPECT_EQ(request().noise.kind, Noise::Kind::each);
  EXPECT_EQ(request().seed, 5U); // image i has seed 5 + i
  EXPECT_TRUE(request().seeds.empty());
  const Place places[] = {{.seed = 1}, {.seed = 20}};
  EXPECT_EQ(request_of_places(places, 2, state, styled()).seeds, (std::vector<std::uint64_t>{1, 20}));
  state.style.noise = {Noise::Kind::seeded, 9};
  EXPECT_EQ(request().noise, (Noise{Noise::Kind::seeded, 9}));
}

TEST(Training, TheNearestKeptGeneratorDraws) {
  ModelFacts model = styled();
  model.training = {{"along_000000", 0, {}}, {"along_000100", 100, {}}, {"generator", 400, {}}};
  State state;
  EXPECT_EQ(kept_generator(state, model), nullptr);
  state.trained = 60;
  ASSERT_NE(kept_generator(state, model), nullptr);
  EXPECT_EQ(kept_generator(state, model)->part, "along_000100");
  state.style.noise.kind = Noise::Kind::each; // it has no parts for that
  EXPECT_EQ(request_of(state, model).noise, Noise{});
  state.truncation = 0.5F; // and no mean style
  EXPECT_EQ(request_of(state, model).truncation, 1);
  state.truncation = 1;
  EXPECT_EQ(description_of(state, model), "Styled, seed 12, after 100 steps of training");
  EXPECT_EQ(command_of(state, model), "ganlet generate digits --part along_000100 --seed 12 -o picture.png");
  state.trained = 400;
  EXPECT_EQ(kept_generator(state, model), nullptr);
  EXPECT_EQ(kept_generator(state, digits()), nullptr);
}

TEST(Truncation, NeedsAMeanStyleWhereThereAreStyles) {
  State state;
  EXPECT_TRUE(can_truncate(state, digits()));
  ModelFacts model = styled();
  EXPECT_TRUE(can_truncate(state, model));
  model.style.truncates = false;
  EXPECT_FALSE(can_truncate(state, model));
  model.style.truncates = true;
  model.training = {{"along_000000", 0, {}}, {"generator", 400, {}}};
  state.trained = 0;
  EXPECT_FALSE(can_truncate(state, model));
}

TEST(Animation, BeginsAtItsFirstKeyframeAndLoops) {
  State state;
  state.text = "1";
  state.animation.keyframes = {{.seed = 1}, {.seed = 2}};
  state.animation.frames = 10;
  EXPECT_EQ(request_of_frame(state, digits(), 0).latents, latent_of_seed(1));
  const std::vector<float> half = request_of_frame(state, digits(), 5).latents, second = latent_of_seed(2);
  for (std::size_t i = 0; i < half.size(); ++i)
    EXPECT_NEAR(half[i], second[i], 1e-5);
  state.animation.loop = false;
  state.animation.reverse = true;
  EXPECT_EQ(request_of_frame(state, digits(), 9).latents, latent_of_seed(1));
}

TEST(Flags, AreThoseOfGenerateOrNone) {
  State state;
  state.vary = true;
  EXPECT_EQ(flags_of(state, digits()), (Settings{{"text", "2026"}, {"vary", ""}, {"seed", "12"}}));
  state.rows = 2;
  EXPECT_EQ(flags_of(state, digits()),
            (Settings{{"text", "20262026"}, {"vary", ""}, {"columns", "4"}, {"seed", "12"}}));
  state.vary = false;
  EXPECT_EQ(flags_of(state, digits()), std::nullopt);
  state.rows = 1;
  state.place.x = 5;
  EXPECT_EQ(flags_of(state, digits()), std::nullopt);
}

TEST(Command, IsTheCommandLineWhereThatCanDrawIt) {
  State state;
  EXPECT_EQ(command_of(state, digits()), "ganlet generate digits --text 2026 --seed 12 -o picture.png");
  state.jitter = 0.15F;
  EXPECT_EQ(command_of(state, digits()), "ganlet generate digits --text 2026 --jitter 0.15 --seed 12 -o picture.png");
  state.text.clear();
  state.columns = state.rows = 3;
  state.truncation = 0.7F;
  state.model = "my model.onnx";
  EXPECT_EQ(command_of(state, digits()),
            "ganlet generate 'my model.onnx' --count 9 --columns 3 --seed 12 --truncation 0.7 -o picture.png");
  state = {.model = "nouns", .truncation = 0.7F};
  state.text.clear();
  state.style = {StyleMix{7, {0, 3}}, 4, {Noise::Kind::each, 0}};
  EXPECT_EQ(command_of(state, styled()),
            "ganlet generate nouns --seed 12 --truncation 0.7 --cutoff 4 --mix 7:0-3 --noise each -o picture.png");
  state = {.model = "my model.onnx", .text = "", .columns = 3, .rows = 3, .truncation = 0.7F};
  state.place.x = 5;
  EXPECT_EQ(command_of(state, digits()), "ganlet-studio '#model=my%20model.onnx&text=&at=5,0&grid=3x3&truncation=0.7'");
}

} // namespace
} // namespace ganlet::studio
