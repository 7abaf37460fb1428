#include "generator/model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/rng.h"
#include "generator/tiny_model.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet {
namespace {

using test::tiny_file;
using test::TinyOptions;

Model tiny(const TinyOptions& options = {}, ModelDescription description = {},
           const Backend& backend = reference::backend, const Limits& limits = {}) {
  description.parts = {{"generator", "", {}, {}}};
  ModelOptions model_options;
  model_options.backend = &backend;
  model_options.compile.limits = limits;
  auto model = Model::open(std::move(description), std::move(model_options));
  EXPECT_TRUE(model) << model.error().text();
  const auto given = model->give("generator", tiny_file(options));
  EXPECT_TRUE(given) << given.error().text();
  return std::move(*model);
}

std::vector<float> values_of(Model& model, const DrawRequest& request) {
  std::vector<float> all;
  auto drawing = model.draw(request, Keep::nothing);
  EXPECT_TRUE(drawing) << drawing.error().text();
  while (drawing && !drawing->is_done()) {
    const auto images = drawing->step();
    EXPECT_TRUE(images) << images.error().text();
    if (!images)
      return {};
    EXPECT_EQ(static_cast<std::int64_t>(all.size()),
              images->first * static_cast<std::int64_t>(images->values.size()) / images->count);
    all.insert(all.end(), images->values.begin(), images->values.end());
  }
  return all;
}

/// What the tiny generator gives for a seed and class.
std::vector<float> expected(std::uint64_t seed, std::int64_t label, float truncation = 1) {
  std::vector<float> latent(4);
  fill_latent(seed, Distribution::normal, latent);
  std::vector<float> image;
  for (std::size_t k = 0; k < 6; ++k)
    image.push_back(std::tanh(truncation * latent[k % 4] + static_cast<float>(label) / 8));
  return image;
}

void expect_image(std::span<const float> values, std::size_t index, const std::vector<float>& wanted) {
  ASSERT_GE(values.size(), (index + 1) * wanted.size());
  for (std::size_t k = 0; k < wanted.size(); ++k)
    EXPECT_NEAR(values[index * wanted.size() + k], wanted[k], 1e-6) << "image " << index << ", value " << k;
}

std::string error_of(Model& model, const DrawRequest& request) {
  auto drawing = model.draw(request);
  if (!drawing)
    return drawing.error().text();
  const auto finished = drawing->finish();
  return finished ? "no error" : finished.error().text();
}

TEST(Text, SaysWhatIsWrongInTheseWords) {
  Model model = tiny();
  EXPECT_EQ(error_of(model, {.text = "0123456789", .text_limit = 10}), "no error");
  EXPECT_EQ(error_of(model, {.text = "01234567890", .text_limit = 10}), "Request too long. Max 10 digits.");
  EXPECT_EQ(error_of(model, {.text = std::string(1001, '1')}), "Request too long. Max 1000 digits.");
  EXPECT_EQ(error_of(model, {.text = "12345678901a", .text_limit = 10}), "Request too long. Max 10 digits.");
  for (const char* text : {"", "12a", " 1", "-1", "1.5", "\n", "\xd9\xa3", "\xef\xbc\x91"})
    EXPECT_EQ(error_of(model, {.text = text}), "Request invalid. Should only contain digits (0-9).") << text;
}

TEST(Text, CountsCharactersNotBytes) {
  Model model = tiny();
  EXPECT_EQ(error_of(model, {.text = "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94", .text_limit = 10}),
            "Request invalid. Should only contain digits (0-9).");
}

TEST(Text, MayBeOfAnySymbolsThatAreClasses) {
  ModelDescription description;
  description.labels = {"a", "\xc3\xa9", "1"};
  Model model = tiny({}, description);
  expect_image(values_of(model, {.text = "1a\xc3\xa9"}), 2, expected(0, 1));
  EXPECT_EQ(error_of(model, {.text = "ab"}), "text: this model has no class named 'b'");
}

TEST(Drawing, ImageOfCountHasSeedPlusItsIndexAndClassesTakeTurns) {
  Model model = tiny();
  const std::vector<float> values = values_of(model, {.count = 25, .seed = 40});
  for (std::size_t i = 0; i < 25; ++i)
    expect_image(values, i, expected(40 + i, static_cast<std::int64_t>(i % 10)));
}

TEST(Drawing, ALabelHoldsForAll) {
  Model model = tiny();
  const std::vector<float> values = values_of(model, {.count = 3, .label = 7, .seed = 1});
  for (std::size_t i = 0; i < 3; ++i)
    expect_image(values, i, expected(1 + i, 7));
}

TEST(Drawing, TextIsWrittenInOneHand) {
  Model model = tiny();
  const std::vector<float> values = values_of(model, {.text = "2026", .seed = 5});
  ASSERT_EQ(values.size(), 4U * 6);
  const int digits[] = {2, 0, 2, 6};
  for (std::size_t i = 0; i < 4; ++i)
    expect_image(values, i, expected(5, digits[i]));
}

TEST(Drawing, VaryGivesEachDigitAHandOfItsOwn) {
  Model model = tiny();
  const std::vector<float> values = values_of(model, {.text = "2026", .vary = true, .seed = 5});
  const int digits[] = {2, 0, 2, 6};
  for (std::size_t i = 0; i < 4; ++i)
    expect_image(values, i, expected(5 + i, digits[i]));
}

TEST(Drawing, TextOfAnyLengthRunsInBatches) {
  Model model = tiny();
  const std::vector<float> values = values_of(model, {.text = std::string(999, '3') + "4", .seed = 5});
  ASSERT_EQ(values.size(), 1000U * 6);
  expect_image(values, 0, expected(5, 3));
  expect_image(values, 999, expected(5, 4));
}

TEST(Drawing, TextFindsClassesByName) {
  ModelDescription description;
  description.labels = {"9", "8", "7", "6", "5", "4", "3", "2", "1", "0"};
  Model model = tiny({}, description);
  expect_image(values_of(model, {.text = "2"}), 0, expected(0, 7));
}

TEST(Drawing, OneHotLabelsAndColumnsGiveTheSamePictures) {
  Model index = tiny();
  const std::vector<float> wanted = values_of(index, {.count = 20, .seed = 2});
  for (const char* kind : {"column", "numbers", "one_hot"}) {
    Model other = tiny({.label = kind});
    const std::vector<float> values = values_of(other, {.count = 20, .seed = 2});
    for (std::size_t i = 0; i < wanted.size(); ++i)
      EXPECT_NEAR(values[i], wanted[i], 1e-6) << kind << " " << i;
  }
}

TEST(Drawing, AFixedBatchGivesTheSamePictures) {
  Model open = tiny();
  const std::vector<float> wanted = values_of(open, {.count = 7, .seed = 2});
  for (const std::int64_t batch : {1, 4}) {
    Model fixed = tiny({.batch = batch});
    EXPECT_EQ(values_of(fixed, {.count = 7, .seed = 2}), wanted) << batch;
  }
}

TEST(Drawing, AnUnconditionalModelDrawsToo) {
  Model model = tiny({.label = "none", .square_latent = true});
  const std::vector<float> values = values_of(model, {.count = 2, .seed = 3});
  expect_image(values, 0, expected(3, 0));
  expect_image(values, 1, expected(4, 0));
}

TEST(Drawing, TruncationShrinksTheLatent) {
  Model model = tiny();
  expect_image(values_of(model, {.label = 2, .seed = 3, .truncation = 0.5F}), 0, expected(3, 2, 0.5F));
  expect_image(values_of(model, {.label = 2, .seed = 3, .truncation = 0}), 0, expected(9, 2, 0));
}

TEST(Drawing, LatentsMayBeGiven) {
  Model model = tiny();
  std::vector<float> latents(8);
  fill_latent(100, Distribution::normal, std::span(latents).first(4));
  fill_latent(200, Distribution::normal, std::span(latents).last(4));
  const std::vector<float> two = values_of(model, {.count = 2, .label = 1, .latents = latents});
  expect_image(two, 0, expected(100, 1));
  expect_image(two, 1, expected(200, 1));
  const std::vector<float> text = values_of(model, {.text = "12", .latents = {latents.begin(), latents.begin() + 4}});
  expect_image(text, 0, expected(100, 1));
  expect_image(text, 1, expected(100, 2));
}

TEST(Drawing, ColourComesInChannelsLast) {
  const std::vector<float> latents{0.1F, 0.2F, 0.3F, 0.4F};
  Model first = tiny({.channels = 3, .label = "none"});
  const std::vector<float> values = values_of(first, {.latents = latents});
  ASSERT_EQ(values.size(), 18U);
  for (std::size_t pixel = 0; pixel < 6; ++pixel)
    for (std::size_t channel = 0; channel < 3; ++channel)
      EXPECT_NEAR(values[3 * pixel + channel], std::tanh(latents[(6 * channel + pixel) % 4]), 1e-6);
  Model last = tiny({.channels = 3, .label = "none", .output = "keras"});
  const std::vector<float> keras = values_of(last, {.latents = latents});
  for (std::size_t k = 0; k < 18; ++k)
    EXPECT_NEAR(keras[k], std::tanh(latents[k % 4]), 1e-6);
}

TEST(Drawing, ThePictureIsTheValuesAsBytes) {
  Model model = tiny();
  auto drawing = model.draw({.text = "26", .seed = 5});
  ASSERT_TRUE(drawing) << drawing.error().text();
  ASSERT_TRUE(drawing->finish());
  const Image& picture = drawing->picture();
  EXPECT_EQ(picture.width, 6);
  EXPECT_EQ(picture.height, 2);
  const std::vector<float> wanted = expected(5, 6);
  for (std::size_t k = 0; k < 6; ++k) {
    const std::size_t at = k / 3 * 6 + 3 + k % 3; // of the second image, in the picture's rows
    EXPECT_NEAR(picture.pixels[4 * at], 127.5 * (wanted[k] + 1), 0.51);
  }
}

TEST(Drawing, LeavesWhatIsLeftOfTheLastRowTransparent) {
  Model model = tiny();
  auto drawing = model.draw({.count = 5});
  ASSERT_TRUE(drawing);
  EXPECT_EQ(drawing->columns(), 3);
  ASSERT_TRUE(drawing->finish());
  EXPECT_EQ(drawing->picture().width, 9);
  EXPECT_EQ(drawing->picture().height, 4);
  EXPECT_EQ(drawing->picture().pixels.back(), 0);
  EXPECT_EQ(drawing->picture().pixels[3], 255);
}

TEST(Drawing, JitterMovesEachImageOfAHandAndNothingElse) {
  Model model = tiny();
  const std::vector<float> still = values_of(model, {.text = "33", .seed = 5}),
                           moved = values_of(model, {.text = "33", .jitter = 0.15F, .seed = 5});
  expect_image(still, 1, expected(5, 3));
  EXPECT_NE(std::vector<float>(moved.begin(), moved.begin() + 6), std::vector<float>(moved.begin() + 6, moved.end()));
  for (std::size_t k = 0; k < 4; ++k) { // sqrt(1 - j^2) z + j e
    std::vector<float> z(4);
    fill_latent(5, Distribution::normal, z);
    const double e = static_cast<double>(Rng(5, stream::jitter).normal(4 + k));
    EXPECT_NEAR(moved[6 + k], std::tanh(std::sqrt(1 - 0.15 * 0.15) * static_cast<double>(z[k]) + 0.15 * e + 3.0 / 8),
                1e-6);
  }
  EXPECT_EQ(values_of(model, {.text = "33", .vary = true, .jitter = 0.15F}),
            values_of(model, {.text = "33", .vary = true}));
  EXPECT_EQ(values_of(model, {.jitter = 0.15F, .count = 3}), values_of(model, {.count = 3}));
}

TEST(Drawing, SeedsMayBeGivenOneByOne) {
  Model model = tiny();
  const std::vector<float> values = values_of(model, {.count = 2, .label = 4, .seeds = {9, 70}});
  expect_image(values, 0, expected(9, 4));
  expect_image(values, 1, expected(70, 4));
  EXPECT_EQ(error_of(model, {.count = 3, .seeds = {1, 2}}), "seeds: are 2 for 3 images");
}

TEST(Drawing, XnnAndReferenceAgree) {
  Model plain = tiny();
  Model fast = tiny({}, {}, xnn::backend);
  const std::vector<float> wanted = values_of(plain, {.count = 40, .seed = 2});
  const std::vector<float> values = values_of(fast, {.count = 40, .seed = 2});
  for (std::size_t i = 0; i < wanted.size(); ++i)
    EXPECT_NEAR(values[i], wanted[i], 1e-5) << i;
}

TEST(Drawing, AStepDrawsOnTheBudgetThatItIsGiven) {
  Model model = tiny();
  auto drawing = model.draw({.count = 4});
  ASSERT_TRUE(drawing);
  Budget budget(Limits{}.run_units);
  ASSERT_TRUE(drawing->step(2, budget));
  const std::int64_t units = budget.used();
  EXPECT_GT(units, 0);
  Budget scarce(units - 1);
  const auto refused = drawing->step(2, scarce); // half as many fit, and are drawn
  ASSERT_TRUE(refused) << refused.error().text();
  EXPECT_EQ(refused->count, 1);
  Budget nothing(0);
  EXPECT_EQ(drawing->step(2, nothing).error().code(), ErrorCode::limit_exceeded);
  EXPECT_EQ(drawing->left(), 1);
  EXPECT_TRUE(drawing->finish());
}

TEST(Stop, EndsLoadingAndDrawingOnBothBackends) {
  for (const Backend& backend : {reference::backend, xnn::backend}) {
    std::atomic<bool> stop = true;
    ModelDescription description;
    description.parts = {{"generator", "", {}, {}}};
    ModelOptions options;
    options.backend = &backend;
    options.compile.stop = &stop;
    auto model = Model::open(std::move(description), std::move(options));
    ASSERT_TRUE(model);
    EXPECT_EQ(model->give("generator", tiny_file()).error().code(), ErrorCode::cancelled) << backend.name;
    stop = false;
    ASSERT_TRUE(model->give("generator", tiny_file())); // as if nothing had been
    auto drawing = model->draw({.count = 2});
    ASSERT_TRUE(drawing);
    stop = true;
    EXPECT_EQ(drawing->step(1).error().code(), ErrorCode::cancelled) << backend.name;
    EXPECT_EQ(drawing->left(), 2);
    stop = false;
    EXPECT_TRUE(drawing->finish());
  }
}

TEST(Drawing, CanBeCancelledBetweenSteps) {
  Model model = tiny();
  auto drawing = model.draw({.count = 1000});
  ASSERT_TRUE(drawing);
  EXPECT_EQ(drawing->step(5)->count, 5);
  EXPECT_EQ(drawing->left(), 995);
  drawing->cancel();
  EXPECT_EQ(drawing->step().error().code(), ErrorCode::cancelled);
  EXPECT_EQ(drawing->left(), 995);
}

TEST(Drawing, ALargeNetworkRunsInSmallerBatches) {
  Limits limits;
  limits.working_bytes = 2000; // a few of the tiny images at a time
  Model model = tiny({}, {}, reference::backend, limits);
  auto drawing = model.draw({.count = 40});
  ASSERT_TRUE(drawing) << drawing.error().text();
  std::int64_t largest = 0;
  while (!drawing->is_done()) {
    const auto images = drawing->step();
    ASSERT_TRUE(images) << images.error().text();
    largest = std::max(largest, images->count);
  }
  EXPECT_LT(largest, 16);
}

TEST(Drawing, RefusesWhatCantBeDrawn) {
  Model model = tiny();
  EXPECT_EQ(error_of(model, {.count = 0}), "count: must be at least 1, is 0");
  EXPECT_EQ(error_of(model, {.count = -5}), "count: must be at least 1, is -5");
  EXPECT_EQ(error_of(model, {.count = std::int64_t{1} << 40}), "count: must be at most 67108864, is 1099511627776");
  EXPECT_EQ(error_of(model, {.count = 11'184'811}),
            "count: must be at most 11184810 images of 3 x 2 at once, is 11184811");
  EXPECT_EQ(error_of(model, {.text = ""}), "Request invalid. Should only contain digits (0-9).");
  EXPECT_EQ(error_of(model, {.text = "12", .text_limit = 1}), "Request too long. Max 1 digits.");
  EXPECT_EQ(error_of(model, {.label = 10}), "label: must be 0 to 9, is 10");
  EXPECT_EQ(error_of(model, {.label = -1}), "label: must be 0 to 9, is -1");
  EXPECT_EQ(error_of(model, {.truncation = 1.5F}), "truncation: must be 0 to 1, is 1.5");
  EXPECT_EQ(error_of(model, {.truncation = std::numeric_limits<float>::quiet_NaN()}),
            "truncation: must be 0 to 1, is nan");
  const std::vector<float> five(5);
  EXPECT_EQ(error_of(model, {.latents = five}), "latents: are 5 numbers; 1 images of this model take 1 x 4");
  const std::vector<float> infinite{0, 0, 0, std::numeric_limits<float>::infinity()};
  EXPECT_EQ(error_of(model, {.latents = infinite}), "latents: must be finite numbers");
}

TEST(Drawing, WithoutClassesThereIsNoTextAndNoLabel) {
  Model model = tiny({.label = "none"});
  EXPECT_EQ(error_of(model, {.text = "1"}), "text: this model has no classes, so it can't draw a given digit");
  EXPECT_EQ(error_of(model, {.label = 0}), "label: this model has no classes");
}

TEST(Drawing, ClassesThatArentDigitsWriteNoText) {
  ModelDescription description;
  description.labels = {"0", "1", "shoe"};
  Model model = tiny({}, description);
  EXPECT_EQ(error_of(model, {.text = "101"}), "no error");
  EXPECT_EQ(error_of(model, {.text = "12"}), "text: this model has no class named '2'");
  EXPECT_EQ(error_of(model, {.label = 3}), "label: must be 0 to 2, is 3");
}

TEST(Drawing, WantsAStyleBasedModelForStyles) {
  Model model = tiny();
  const std::string none = ": this model isn't style-based: it has no mapping and synthesis networks";
  EXPECT_EQ(error_of(model, {.mix = StyleMix{1, {0, 1}}}), "mix" + none);
  EXPECT_EQ(error_of(model, {.noise = {Noise::Kind::off, 0}}), "noise" + none);
  EXPECT_EQ(error_of(model, {.cutoff = 1}), "cutoff" + none);
}

TEST(Model, LoadingPassesOnWhatReadingFinds) {
  std::vector<std::byte> cut = tiny_file();
  cut.resize(cut.size() / 2);
  const auto model = Model::open_file(cut, "cut", {.backend = &reference::backend});
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code(), ErrorCode::corrupt);
}

TEST(Model, AsksForNothingTwice) {
  ModelDescription description;
  description.parts = {{"generator", "g.onnx", {}, {}}, {"encoder", "e.onnx", {}, {}}};
  auto model = Model::open(description, {.backend = &reference::backend});
  ASSERT_TRUE(model);
  ASSERT_EQ(model->needs({})->size(), 1U);
  EXPECT_EQ(model->needs({})->front().file, "g.onnx");
  EXPECT_EQ(model->draw({}).error().text(), "generator: hasn't been given");
  ASSERT_TRUE(model->give("generator", tiny_file()));
  EXPECT_TRUE(model->needs({})->empty());
  EXPECT_EQ(model->needs_to_encode()->size(), 1U);
  EXPECT_TRUE(model->draw({}));
}

} // namespace
} // namespace ganlet
