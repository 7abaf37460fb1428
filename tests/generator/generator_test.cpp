#include "generator/generator.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "generator/tiny_model.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet {
namespace {

using test::tiny_file;
using test::TinyOptions;

Generator tiny(const TinyOptions& options = {}, ModelDescription description = {},
               const Backend& backend = reference::backend) {
  auto generator = Generator::load(tiny_file(options), std::move(description), backend, {});
  EXPECT_TRUE(generator) << generator.error().text();
  return std::move(generator).value();
}

std::vector<float> values_of(Generator& generator, const Request& request) {
  std::vector<float> all;
  const auto done =
      generator.generate_values(request, [&](std::span<const float> values, std::int64_t first, std::int64_t count) {
        EXPECT_EQ(static_cast<std::int64_t>(all.size()), first * static_cast<std::int64_t>(values.size()) / count);
        all.insert(all.end(), values.begin(), values.end());
        return true;
      });
  EXPECT_TRUE(done) << done.error().text();
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

std::string error_of(Generator& generator, const Request& request) {
  const auto images = generator.generate(request);
  return images ? "no error" : images.error().text();
}

TEST(CheckDigits, SaysWhatIsWrongInTheseWords) {
  EXPECT_TRUE(check_digits("0123456789", 10));
  EXPECT_EQ(check_digits("01234567890", 10).error().text(), "Request too long. Max 10 digits.");
  EXPECT_EQ(check_digits(std::string(1001, '1'), 1000).error().text(), "Request too long. Max 1000 digits.");
  for (const char* text : {"", "12a", " 1", "-1", "1.5", "\n", "\xd9\xa3", "\xef\xbc\x91"})
    EXPECT_EQ(check_digits(text, 10).error().text(), "Request invalid. Should only contain digits (0-9).") << text;
}

TEST(CheckDigits, CountsCharactersNotBytes) {
  EXPECT_EQ(check_digits("\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94", 10).error().text(),
            "Request invalid. Should only contain digits (0-9).");
}

TEST(Generator, ImageOfCountHasSeedPlusItsIndexAndClassesTakeTurns) {
  Generator generator = tiny();
  const std::vector<float> values = values_of(generator, {.seed = 40, .count = 25});
  for (std::size_t i = 0; i < 25; ++i)
    expect_image(values, i, expected(40 + i, static_cast<std::int64_t>(i % 10)));
}

TEST(Generator, ALabelHoldsForAll) {
  Generator generator = tiny();
  const std::vector<float> values = values_of(generator, {.seed = 1, .count = 3, .label = 7});
  for (std::size_t i = 0; i < 3; ++i)
    expect_image(values, i, expected(1 + i, 7));
}

TEST(Generator, TextIsWrittenInOneHand) {
  Generator generator = tiny();
  const std::vector<float> values = values_of(generator, {.seed = 5, .text = "2026"});
  ASSERT_EQ(values.size(), 4U * 6);
  const int digits[] = {2, 0, 2, 6};
  for (std::size_t i = 0; i < 4; ++i)
    expect_image(values, i, expected(5, digits[i]));
}

TEST(Generator, VaryGivesEachDigitAHandOfItsOwn) {
  Generator generator = tiny();
  const std::vector<float> values = values_of(generator, {.seed = 5, .text = "2026", .vary = true});
  const int digits[] = {2, 0, 2, 6};
  for (std::size_t i = 0; i < 4; ++i)
    expect_image(values, i, expected(5 + i, digits[i]));
}

TEST(Generator, TextOfAnyLengthRunsInBatches) {
  Generator generator = tiny();
  const std::vector<float> values = values_of(generator, {.seed = 5, .text = std::string(999, '3') + "4"});
  ASSERT_EQ(values.size(), 1000U * 6);
  expect_image(values, 0, expected(5, 3));
  expect_image(values, 999, expected(5, 4));
}

TEST(Generator, TextFindsClassesByName) {
  ModelDescription description;
  description.labels = {"9", "8", "7", "6", "5", "4", "3", "2", "1", "0"};
  Generator generator = tiny({}, description);
  expect_image(values_of(generator, {.text = "2"}), 0, expected(0, 7));
}

TEST(Generator, OneHotLabelsAndColumnsGiveTheSamePictures) {
  Generator index = tiny();
  const std::vector<float> wanted = values_of(index, {.seed = 2, .count = 20});
  for (const char* kind : {"column", "one_hot"}) {
    Generator other = tiny({.label = kind});
    const std::vector<float> values = values_of(other, {.seed = 2, .count = 20});
    for (std::size_t i = 0; i < wanted.size(); ++i)
      EXPECT_NEAR(values[i], wanted[i], 1e-6) << kind << " " << i;
  }
}

TEST(Generator, AFixedBatchGivesTheSamePictures) {
  Generator open = tiny();
  const std::vector<float> wanted = values_of(open, {.seed = 2, .count = 7});
  for (const std::int64_t batch : {1, 4}) {
    Generator fixed = tiny({.batch = batch});
    EXPECT_EQ(values_of(fixed, {.seed = 2, .count = 7}), wanted) << batch;
  }
}

TEST(Generator, AnUnconditionalModelDrawsToo) {
  Generator generator = tiny({.label = "none", .square_latent = true});
  const std::vector<float> values = values_of(generator, {.seed = 3, .count = 2});
  expect_image(values, 0, expected(3, 0));
  expect_image(values, 1, expected(4, 0));
}

TEST(Generator, TruncationShrinksTheLatent) {
  Generator generator = tiny();
  expect_image(values_of(generator, {.seed = 3, .label = 2, .truncation = 0.5F}), 0, expected(3, 2, 0.5F));
  expect_image(values_of(generator, {.seed = 3, .label = 2, .truncation = 0}), 0, expected(9, 2, 0));
}

TEST(Generator, LatentsMayBeGiven) {
  Generator generator = tiny();
  std::vector<float> latents(8);
  fill_latent(100, Distribution::normal, std::span(latents).first(4));
  fill_latent(200, Distribution::normal, std::span(latents).last(4));
  const std::vector<float> two = values_of(generator, {.count = 2, .label = 1, .latents = latents});
  expect_image(two, 0, expected(100, 1));
  expect_image(two, 1, expected(200, 1));
  const std::vector<float> text = values_of(generator, {.text = "12", .latents = std::span(latents).first(4)});
  expect_image(text, 0, expected(100, 1));
  expect_image(text, 1, expected(100, 2));
}

TEST(Generator, ColourComesInChannelsLast) {
  const std::vector<float> latents{0.1F, 0.2F, 0.3F, 0.4F};
  Generator first = tiny({.channels = 3, .label = "none"});
  const std::vector<float> values = values_of(first, {.latents = latents});
  ASSERT_EQ(values.size(), 18U);
  for (std::size_t pixel = 0; pixel < 6; ++pixel)
    for (std::size_t channel = 0; channel < 3; ++channel)
      EXPECT_NEAR(values[3 * pixel + channel], std::tanh(latents[(6 * channel + pixel) % 4]), 1e-6);
  Generator last = tiny({.channels = 3, .label = "none", .output = "keras"});
  const std::vector<float> keras = values_of(last, {.latents = latents});
  for (std::size_t k = 0; k < 18; ++k)
    EXPECT_NEAR(keras[k], std::tanh(latents[k % 4]), 1e-6);
}

TEST(Generator, ImagesAreTheValuesAsBytes) {
  Generator generator = tiny();
  const auto images = generator.generate({.seed = 5, .text = "26"});
  ASSERT_TRUE(images) << images.error().text();
  ASSERT_EQ(images->size(), 2U);
  const std::vector<float> wanted = expected(5, 6);
  EXPECT_EQ((*images)[1].width, 3);
  EXPECT_EQ((*images)[1].height, 2);
  for (std::size_t k = 0; k < 6; ++k)
    EXPECT_NEAR((*images)[1].pixels[4 * k], 127.5 * (wanted[k] + 1), 0.51);
}

TEST(Generator, XnnAndReferenceAgree) {
  Generator plain = tiny();
  Generator fast = tiny({}, {}, xnn::backend);
  const std::vector<float> wanted = values_of(plain, {.seed = 2, .count = 40});
  const std::vector<float> values = values_of(fast, {.seed = 2, .count = 40});
  for (std::size_t i = 0; i < wanted.size(); ++i)
    EXPECT_NEAR(values[i], wanted[i], 1e-5) << i;
}

TEST(Generator, ASinkCanStopIt) {
  Generator generator = tiny();
  int calls = 0;
  const auto stopped = generator.generate_values(
      {.count = 1000}, [&](std::span<const float>, std::int64_t, std::int64_t) { return ++calls < 2; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), ErrorCode::cancelled);
  EXPECT_EQ(calls, 2);
}

TEST(Generator, ALargeNetworkRunsInSmallerBatches) {
  CompileOptions options;
  options.limits.working_bytes = 1000; // a few of the tiny images at a time
  auto generator = Generator::load(tiny_file(), {}, reference::backend, options);
  ASSERT_TRUE(generator) << generator.error().text();
  std::int64_t largest = 0;
  const auto done =
      generator->generate_values({.count = 40}, [&](std::span<const float>, std::int64_t, std::int64_t count) {
        largest = std::max(largest, count);
        return true;
      });
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_LT(largest, 16);
}

TEST(Generator, RefusesWhatCantBeDrawn) {
  Generator generator = tiny();
  EXPECT_EQ(error_of(generator, {.count = 0}), "count: must be at least 1, is 0");
  EXPECT_EQ(error_of(generator, {.count = -5}), "count: must be at least 1, is -5");
  EXPECT_EQ(error_of(generator, {.count = std::int64_t{1} << 40}), "count: must be at most 67108864, is 1099511627776");
  EXPECT_EQ(error_of(generator, {.count = 11'184'811}),
            "count: must be at most 11184810 images of 3 x 2 at once, is 11184811");
  EXPECT_EQ(error_of(generator, {.text = ""}), "Request invalid. Should only contain digits (0-9).");
  EXPECT_EQ(error_of(generator, {.text = "12", .text_limit = 1}), "Request too long. Max 1 digits.");
  EXPECT_EQ(error_of(generator, {.label = 10}), "label: must be 0 to 9, is 10");
  EXPECT_EQ(error_of(generator, {.label = -1}), "label: must be 0 to 9, is -1");
  EXPECT_EQ(error_of(generator, {.truncation = 1.5F}), "truncation: must be 0 to 1, is 1.5");
  EXPECT_EQ(error_of(generator, {.truncation = std::numeric_limits<float>::quiet_NaN()}),
            "truncation: must be 0 to 1, is nan");
  const std::vector<float> five(5);
  EXPECT_EQ(error_of(generator, {.latents = five}), "latents: are 5 numbers; 1 images of this model take 1 x 4");
  const std::vector<float> infinite{0, 0, 0, std::numeric_limits<float>::infinity()};
  EXPECT_EQ(error_of(generator, {.latents = infinite}), "latents: must be finite numbers");
}

TEST(Generator, WithoutClassesThereIsNoTextAndNoLabel) {
  Generator generator = tiny({.label = "none"});
  EXPECT_EQ(error_of(generator, {.text = "1"}), "text: this model has no classes, so it can't draw a given digit");
  EXPECT_EQ(error_of(generator, {.label = 0}), "label: this model has no classes");
}

TEST(Generator, ClassesThatArentDigitsWriteNoText) {
  ModelDescription description;
  description.labels = {"0", "1", "shoe"};
  Generator generator = tiny({}, description);
  EXPECT_EQ(error_of(generator, {.text = "101"}), "no error");
  EXPECT_EQ(error_of(generator, {.text = "12"}), "text: this model has no class named '2'");
  EXPECT_EQ(error_of(generator, {.label = 3}), "label: must be 0 to 2, is 3");
}

TEST(Generator, LoadingPassesOnWhatReadingFinds) {
  std::vector<std::byte> cut = tiny_file();
  cut.resize(cut.size() / 2);
  const auto generator = Generator::load(cut, {}, reference::backend, {});
  ASSERT_FALSE(generator);
  EXPECT_EQ(generator.error().code(), ErrorCode::corrupt);
}

} // namespace
} // namespace ganlet
