// Parts of models besides the generator: mixing styles, encoders, directions and generators kept on the way.
#include <cmath>

#include "studio/drawing.h"
#include "studio/encoding.h"
#include "studio/inspector.h"
#include "studio/tiny_folder.h"
#include "support/drawn.h"

namespace ganlet::studio {
namespace {

std::shared_ptr<LoadedModel> loaded(const test::TinyFolder& folder, const Engine& engine = {}) {
  auto model = load(folder.path.string(), "tiny", engine);
  EXPECT_TRUE(model) << model.error().text();
  return *model;
}

State one_picture() {
  State state;
  state.text.clear();
  state.place.seed = 3;
  return state;
}

TEST(Style, IsDrawnByTheTwoNetworks) {
  test::TinyFolder folder;
  test::fill_styled(folder);
  const auto model = loaded(folder);
  EXPECT_EQ(model->facts.style.layers, 2);
  EXPECT_TRUE(model->facts.style.truncates);
  EXPECT_EQ(model->facts.parts, (std::vector<std::string>{"generator", "along_000005", "mapping", "synthesis"}));
  State state = one_picture();
  state.columns = 2;
  state.style.mix = StyleMix{9, {1, 1}};
  state.style.cutoff = 0;
  state.truncation = 0.5F;
  const auto drawn = draw_to_the_end(model, request_of(state, model->facts));
  ASSERT_TRUE(drawn) << drawn.error().text();
  const Image wanted = test::drawn(
      model->model, {.count = 2, .seed = 3, .truncation = 0.5F, .cutoff = 0, .mix = StyleMix{9, {1, 1}}, .columns = 2});
  EXPECT_EQ(drawn->pixels, wanted.pixels);
  state.style = {.noise = {Noise::Kind::seeded, 1}};
  state.truncation = 1;
  const auto noisy = draw_to_the_end(model, request_of(state, model->facts));
  state.style = {};
  const auto plain = draw_to_the_end(model, request_of(state, model->facts));
  EXPECT_NE(noisy->pixels, plain->pixels);
  // Mixed with itself nothing changes.
  state.columns = 1;
  const auto itself = draw_to_the_end(model, request_of(state, model->facts));
  state.style.mix = StyleMix{3, {0, 1}};
  EXPECT_EQ(draw_to_the_end(model, request_of(state, model->facts))->pixels, itself->pixels);
}

/// Looking inside sees both networks, and the picture that they draw.
TEST(Style, IsInspectedAsOneNetwork) {
  test::TinyFolder folder;
  test::fill_styled(folder);
  folder.add("noise", test::array_file({4}, {0.5F, -0.5F, 0.25F, 0}));
  const auto model = loaded(folder);
  const DrawRequest request = request_of(one_picture(), model->facts);
  const auto inspection = inspect(*model, request, {}, 0);
  ASSERT_TRUE(inspection) << inspection.error().text();
  EXPECT_EQ(inspection->picture.pixels, draw_to_the_end(model, request)->pixels);
  EXPECT_EQ(inspection->layers.front().name, "Mul"); // of the mapping network
  const auto silenced = inspect(*model, request, {{0, 1, 0}}, 0);
  EXPECT_NE(silenced->picture.pixels, inspection->picture.pixels);
}

/// A model's bytes aren't kept: what needs them again reads the file, which must still be the same.
TEST(Inspector, ReadsTheFileAgainAndNoticesAnother) {
  test::TinyFolder folder;
  folder.add("generator", test::spreading_generator(1));
  const std::filesystem::path file = folder.path / "generator.onnx";
  auto model = load(file.string(), "bare", {});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_TRUE(inspect(**model, {.seed = 3}, {}, 0));
  ASSERT_TRUE(write_whole(file, test::spreading_generator(2)));
  const auto other = inspect(**model, {.seed = 3}, {}, 0);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().text(), file.string() + ": has changed since it was loaded");
  EXPECT_TRUE(draw_to_the_end(*model, {.seed = 3})); // drawing goes on
}

TEST(Training, KeptGeneratorsDraw) {
  test::TinyFolder folder;
  test::fill_styled(folder);
  const auto model = loaded(folder), kept = loaded(folder, {{}, "along_000005"});
  ASSERT_EQ(model->facts.training.size(), 2U);
  const DrawRequest request = request_of(one_picture(), model->facts);
  const auto early = draw_to_the_end(kept, request), late = draw_to_the_end(model, request);
  EXPECT_NE(early->pixels, late->pixels);
}

/// What the class draws of a latent.
Image picture_of(LoadedModel& model, const std::vector<float>& latent, std::int64_t label) {
  return test::drawn(model.model, {.label = label, .latents = latent});
}

TEST(Encoding, FindsLatentAndClassOfAPicture) {
  test::TinyFolder folder;
  test::fill_encoding(folder);
  const auto model = loaded(folder);
  EXPECT_TRUE(model->facts.has_encoder);
  const Image picture = picture_of(*model, {0.1F, -0.2F, 0.3F, 0}, 6);
  const auto encoded = encode(*model, picture);
  ASSERT_TRUE(encoded) << encoded.error().text();
  ASSERT_EQ(encoded->latent.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    const float number = (std::array{0.1F, -0.2F, 0.3F, 0.0F})[i];
    EXPECT_NEAR(encoded->latent[i], std::tanh(number + 6.0F / 8), 0.01); // the encoder gives pixels
  }
  EXPECT_EQ(encoded->seen.pixels, picture.pixels);
  EXPECT_EQ(encoded->drawn.size(), 10U);
  // Of all classes, that whose picture differs least.
  const auto difference = [&](std::int64_t label) {
    const Image drawn = picture_of(*model, encoded->latent, label);
    double sum = 0;
    for (std::size_t i = 0; i < drawn.pixels.size(); ++i)
      sum += std::pow(int{drawn.pixels[i]} - int{picture.pixels[i]}, 2);
    return sum;
  };
  for (std::int64_t label = 0; label < 10; ++label)
    EXPECT_LE(difference(static_cast<std::int64_t>(encoded->nearest)), difference(label)) << label;
}

TEST(Encoding, GoesOnWithTheLatentInEveryClass) {
  test::TinyFolder folder;
  test::fill_encoding(folder);
  const auto model = loaded(folder);
  const Encoded encoded{{0.4F, -0.4F, 1, 0}, {}, {}, 3};
  State state = one_picture();
  state.label = 2;
  state.columns = 16;
  state.place.amounts[1] = 5;
  const State next = with_encoded(state, encoded, model->facts);
  EXPECT_EQ(next.place.latent, (std::vector<std::int8_t>{10, -10, 25, 0}));
  EXPECT_EQ(next.columns, 5);
  EXPECT_EQ(next.rows, 2);
  EXPECT_EQ(request_of(next, model->facts).count, 10);
  EXPECT_EQ(request_of(next, model->facts).label, std::nullopt); // each in turn
  ModelFacts unlabelled = model->facts;
  unlabelled.labels.clear();
  EXPECT_EQ(with_encoded(state, encoded, unlabelled).columns, 1);
  ModelFacts digits = model->facts;
  digits.writes_digits = true;
  state.text = "31";
  state.rows = 3;
  EXPECT_EQ(with_encoded(state, encoded, digits).text, "31");
  EXPECT_EQ(with_encoded(state, encoded, digits).rows, 1);
}

TEST(Encoding, AllClassesFitIntoTheGrid) {
  ModelFacts model;
  for (int classes = 1; classes <= 120; ++classes) {
    model.labels.emplace_back("a");
    const State state = with_all_classes({}, model);
    EXPECT_GE(state.columns * state.rows, classes);
    EXPECT_LE(state.columns, most_columns);
    EXPECT_LE((state.rows - 1) * state.columns, classes);
  }
}

TEST(Encoding, SaysWhatIsWrong) {
  test::TinyFolder folder;
  folder.add("generator", test::labelled_generator()).add("encoder", test::spreading_generator(1));
  EXPECT_FALSE(encode(*loaded(folder), Image{1, 1, {0, 0, 0, 255}}));
  folder.add("encoder", test::reading_encoder());
  EXPECT_FALSE(encode(*loaded(folder), Image{}));
}

TEST(Directions, OfAStyleBasedModelMoveItsStyles) {
  test::TinyFolder folder;
  test::fill_styled(folder);
  folder.add("directions", test::array_file({2, 4}, {1, 0, 0, 0, 0, 1, 0, 0}), "arrays");
  const auto model = loaded(folder);
  EXPECT_TRUE(model->facts.directions.of_styles);
  State state = one_picture();
  state.place.amounts[1] = 10;
  const auto drawn = draw_to_the_end(model, request_of(state, model->facts));
  ASSERT_TRUE(drawn) << drawn.error().text();
  const std::vector<float> shift{0, 1, 0, 0};
  EXPECT_EQ(drawn->pixels, test::drawn(model->model, {.seed = 3, .style_shifts = shift}).pixels);
  EXPECT_TRUE(loaded(folder, {{}, "along_000005"})->facts.directions.values.empty());
  folder.add("directions", test::array_file({1, 3}, {1, 0, 0}), "arrays");
  const auto refused = load(folder.path.string(), "tiny", {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text().find("a row of 4 for each direction, as many as a style has"), std::string::npos);
}

TEST(Directions, AreReadWithTheirNames) {
  test::TinyFolder folder;
  test::fill_encoding(folder);
  const auto model = loaded(folder);
  EXPECT_EQ(model->facts.directions.values, (std::vector<float>{0, 1, 0, 0, 1, 0, 0, 0}));
  EXPECT_EQ(model->facts.directions.names, (std::vector<std::string>{"slant", "weight"}));
  folder.add("directions", test::array_file({1, 3}, {1, 2, 3}), "arrays");
  const auto refused = load(folder.path.string(), "tiny", {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text().find("a row of 4 for each direction, as many as a latent has"), std::string::npos);
}

} // namespace
} // namespace ganlet::studio
