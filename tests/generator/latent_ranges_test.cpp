#include "generator/latent_ranges.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/text.h"
#include "generator/latent.h"
#include "generator/model.h"
#include "generator/roles.h"
#include "generator/tiny_model.h"
#include "reference/reference.h"

namespace ganlet {
namespace {

LatentRange range(std::string_view text, std::int64_t size = 0) {
  const auto read = read_latent_range(text, size);
  EXPECT_TRUE(read) << text << ": " << read.error().text();
  return read.value_or(LatentRange{});
}

std::string error_of(std::string_view text, std::int64_t size = 0) {
  const auto read = read_latent_range(text, size);
  return read ? "no error" : read.error().message();
}

TEST(LatentRanges, AreSumsOfProducts) {
  const LatentRange sum = range(" one-hot of 10 + normal * 0.1 +  0.25 * 2 + uniform [-1e+0, 3] * 2");
  EXPECT_EQ(sum.size, 10);
  EXPECT_EQ(sum.one_hot, 1);
  EXPECT_EQ(sum.normal, 0.1F);
  EXPECT_EQ(sum.constant, 0.5F);
  ASSERT_TRUE(sum.uniform);
  EXPECT_EQ(sum.uniform->low, -2);
  EXPECT_EQ(sum.uniform->high, 6);
  EXPECT_EQ(range("uniform", 3).uniform->low, -1);
  EXPECT_EQ(range("sphere * 4", 3).sphere, 4);
  EXPECT_EQ(range("-1", 3).constant, -1);
}

TEST(LatentRanges, AreWrittenAsTheyAreRead) {
  for (const char* text :
       {"normal", "one-hot of 10 + normal * 0.5", "uniform [-1, 3] + sphere * 2 + 0.25", "0", "-1.5"}) {
    const LatentRange read = range(text, 10);
    EXPECT_EQ(text_of(read), text);
  }
}

TEST(LatentRanges, AreRefusedWithTheTermThatIsWrong) {
  const std::string_view all = "normal, uniform [LOW, HIGH], sphere, one-hot of K or a number, or one of them * NUMBER";
  for (const auto& [text, term] :
       std::initializer_list<std::pair<const char*, const char*>>{{"", ""},
                                                                  {"cauchy", "cauchy"},
                                                                  {"normal + ", ""},
                                                                  {"normal * x", "normal * x"},
                                                                  {"normal * 1 * 2", "normal * 1 * 2"},
                                                                  {"uniform [1, 1]", "uniform [1, 1]"},
                                                                  {"uniform [0", "uniform [0"},
                                                                  {"uniform [0, 1] + uniform", "uniform"},
                                                                  {"uniform * -1", "uniform"},
                                                                  {"one-hot of 0", "one-hot of 0"},
                                                                  {"one-hot of 2.5", "one-hot of 2.5"},
                                                                  {"one-hot of 2 + one-hot of 2", "one-hot of 2"}})
    EXPECT_EQ(error_of(text), concat("'", term, "' isn't ", all)) << text;
  EXPECT_EQ(error_of("one-hot of 4", 5), "'one-hot of 4' is as long as the range, which has 5 numbers");
  for (const char* text : {"1e39", "1e30 * 1e30", "normal * 1e39", "uniform [0, 1e39]"})
    EXPECT_EQ(error_of(text), "has numbers that float32 can't hold") << text;
}

TEST(LatentRanges, MakeOfNormalNumbersWhatTheySay) {
  const std::vector<LatentRange> ranges{range("normal * 0.5 + 1", 2), range("one-hot of 3"), range("sphere * 2", 2),
                                        range("uniform [0, 10]", 2)};
  std::vector<float> latent{1, -2, 0.5F, 0.5F, 0.5F, 3, 4, 0, 1.2815516F};
  shape_latent(ranges, 1, latent);
  const float expected[]{1.5F, 0, 0, 1, 0, 1.2F, 1.6F, 5, 9};
  for (std::size_t i = 0; i < latent.size(); ++i)
    EXPECT_NEAR(latent[i], expected[i], 1e-6) << i;
  EXPECT_EQ(classes_of(ranges), 3);
  std::vector<float> nothing(9, 0.0F);
  shape_latent(ranges, 0, nothing);
  EXPECT_EQ(nothing[5], 0); // the zero vector has no direction
}

TEST(LatentRanges, AreUniformOverTheirEnds) {
  std::vector<float> latent(100'000);
  fill_latent(3, Distribution::normal, latent);
  const std::vector<LatentRange> ranges{range("uniform [2, 6]", 100'000)};
  shape_latent(ranges, 0, latent);
  double sum = 0, squares = 0;
  for (const float value : latent) {
    ASSERT_TRUE(value >= 2 && value <= 6);
    sum += value;
    squares += (value - 4.0) * (value - 4.0);
  }
  EXPECT_NEAR(sum / 1e5, 4, 0.02);
  EXPECT_NEAR(squares / 1e5, 16.0 / 12, 0.02);
}

/// A model whose picture k shows number k % 4 of its latent, behind Tanh.
Result<Model> model_of(std::vector<LatentRange> ranges, std::vector<std::string> labels = {}) {
  ModelDescription description;
  description.parts = {{"generator", "", {}, {}}};
  description.latent_ranges = std::move(ranges);
  description.labels = std::move(labels);
  ModelOptions options;
  options.backend = &reference::backend;
  GANLET_TRY(Model model, Model::open(std::move(description), std::move(options)));
  GANLET_CHECK(model.give("generator", test::tiny_file({.label = "none"})));
  return model;
}

TEST(LatentRanges, WithClassesDrawLabelsAndTexts) {
  auto model = model_of({range("one-hot of 4 + normal * 0.1")});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->facts()->label_count, 4);
  auto drawing = model->draw({.text = "31", .seed = 5}, Keep::nothing);
  ASSERT_TRUE(drawing) << drawing.error().text();
  const auto images = drawing->step();
  ASSERT_TRUE(images) << images.error().text();
  std::vector<float> latent(4);
  fill_latent(5, Distribution::normal, latent);
  for (std::size_t image = 0; image < 2; ++image)
    for (std::size_t k = 0; k < 6; ++k)
      EXPECT_NEAR(images->values[6 * image + k],
                  std::tanh(0.1F * latent[k % 4] + (k % 4 == (image == 0 ? 3U : 1U) ? 1.0F : 0.0F)), 1e-6);
  EXPECT_EQ(model->draw({.label = 4}, Keep::nothing).error().text(), "label: must be 0 to 3, is 4");
}

TEST(LatentRanges, FurtherInputsGetTheirColumns) {
  // image = z + code + psi * label's row
  onnx::Model network = test::tiny_generator();
  network.inputs.push_back(test::value_info("code", DataType::float32, {test::open_batch, 6}));
  network.inputs.push_back(test::value_info("psi", DataType::float32, {}));
  for (onnx::Node& node : network.nodes)
    if (node.op_type == "Add")
      node = test::node("Add", {"coded", "scaled"}, "sum");
  network.nodes.insert(network.nodes.begin() + 2, test::node("Add", {"spread", "code"}, "coded"));
  network.nodes.insert(network.nodes.begin() + 2, test::node("Mul", {"class", "psi"}, "scaled"));
  ModelDescription description;
  description.parts = {{"generator", "", {}, {}}};
  description.latent_ranges = {range("normal", 4), range("normal * 2", 6), range("0.5", 1)};
  ModelOptions options;
  options.backend = &reference::backend;
  auto model = Model::open(std::move(description), std::move(options));
  ASSERT_TRUE(model);
  const auto given = model->give("generator", onnx::write(network));
  ASSERT_TRUE(given) << given.error().text();
  auto drawing = model->draw({.count = 3, .label = 4, .seed = 8}, Keep::nothing);
  ASSERT_TRUE(drawing) << drawing.error().text();
  const auto images = drawing->step();
  ASSERT_TRUE(images) << images.error().text();
  ASSERT_EQ(images->values.size(), 18U);
  for (std::size_t image = 0; image < 3; ++image) {
    std::vector<float> latent(11);
    fill_latent(8 + image, Distribution::normal, latent);
    for (std::size_t k = 0; k < 6; ++k)
      EXPECT_NEAR(images->values[6 * image + k], std::tanh(latent[k % 4] + 2 * latent[4 + k] + 0.5F * 4 / 8), 1e-6);
  }
}

TEST(LatentRanges, MustFitTheNetwork) {
  const auto error = [](std::vector<LatentRange> ranges, std::vector<std::string> labels = {}) -> std::string {
    auto model = model_of(std::move(ranges), std::move(labels));
    if (!model)
      return model.error().text();
    const auto facts = model->facts();
    return facts ? "no error" : facts.error().text();
  };
  EXPECT_EQ(error({range("normal", 3), range("one-hot of 1")}, {"a"}), "no error");
  EXPECT_NE(
      error({range("normal", 3)}).find("latent.distribution: is of 3 numbers, but the input is 'z' float32 (N, 4)"),
      std::string::npos);
  EXPECT_NE(error({range("normal", 2), range("one-hot of 2")}, {"a", "b", "c"})
                .find("labels: names 3 classes, but the latent has 2"),
            std::string::npos);
}

} // namespace
} // namespace ganlet
