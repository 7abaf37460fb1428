#include "generator/roles.h"

#include <gtest/gtest.h>

#include "generator/tiny_model.h"
#include "generator/translator.h"
#include "graph/lower.h"
#include "reference/reference.h"

namespace ganlet {
namespace {

using test::node;
using test::open_batch;
using test::tiny_generator;
using test::TinyOptions;
using test::value_info;

Result<Roles> roles_of(onnx::Model model, const ModelDescription& description = {}) {
  auto graph = lower(std::move(model), {.limits = {}, .evaluate = reference::evaluate});
  EXPECT_TRUE(graph) << graph.error().text();
  if (!graph)
    return tl::unexpected(std::move(graph).error());
  return find_roles(*graph, description);
}

std::string error_of(onnx::Model model, const ModelDescription& description = {}) {
  const auto roles = roles_of(std::move(model), description);
  return roles ? "no error" : roles.error().text();
}

TEST(Roles, OfAnUnconditionalGenerator) {
  const auto roles = roles_of(tiny_generator({.label = "none"}));
  ASSERT_TRUE(roles) << roles.error().text();
  EXPECT_EQ(roles->latent, 0U);
  EXPECT_EQ(roles->label, std::nullopt);
  EXPECT_EQ(roles->latent_size, 4);
  EXPECT_EQ(roles->label_count, 0);
  EXPECT_EQ(roles->image_size, (ImageSize{3, 2, 1}));
  EXPECT_EQ(roles->fixed_batch, std::nullopt);
}

TEST(Roles, ATableCountsTheClassesOfItsIndex) {
  for (const char* kind : {"index", "column", "numbers"}) {
    const auto roles = roles_of(tiny_generator({.label = kind}));
    ASSERT_TRUE(roles) << kind << ": " << roles.error().text();
    EXPECT_EQ(roles->label, 1U);
    EXPECT_EQ(roles->label_is_float, kind == std::string_view("numbers"));
    EXPECT_EQ(roles->label_count, 10);
  }
}

TEST(Roles, ASecondRowOfFloatsIsAOneHotLabel) {
  const auto roles = roles_of(tiny_generator({.label = "one_hot"}));
  ASSERT_TRUE(roles) << roles.error().text();
  EXPECT_EQ(roles->label, 1U);
  EXPECT_TRUE(roles->label_is_float);
  EXPECT_EQ(roles->label_count, 10);
}

TEST(Roles, AnEmptyRowIsNoLabel) {
  onnx::Model model = tiny_generator({.label = "none"});
  model.inputs.push_back(value_info("label", DataType::float32, {open_batch, 0}));
  EXPECT_EQ(
      error_of(onnx::clone(model)),
      "inputs: a generator takes a latent, at most a label, and rows of numbers; what is 'label' float32 (N, 0)?");
  ModelDescription description;
  description.label_input = "label";
  EXPECT_EQ(error_of(std::move(model), description),
            "label: must be int64 (N), float32 (N, classes), or either (N, 1), but is 'label' float32 (N, 0)");
}

TEST(Roles, NamesOverrideTheOrder) {
  onnx::Model model = tiny_generator({.label = "one_hot"});
  std::swap(model.inputs[0], model.inputs[1]);
  ModelDescription description;
  description.label_input = "label";
  const auto roles = roles_of(std::move(model), description);
  ASSERT_TRUE(roles) << roles.error().text();
  EXPECT_EQ(roles->label, 0U);
  EXPECT_EQ(roles->latent, 1U);
  EXPECT_EQ(roles->latent_size, 4);
}

TEST(Roles, TheLatentOfADcganMayBeAnImageOfOnePixel) {
  const auto roles = roles_of(tiny_generator({.label = "none", .square_latent = true}));
  ASSERT_TRUE(roles) << roles.error().text();
  EXPECT_EQ(roles->latent_size, 4);
}

TEST(Roles, AFixedBatchIsNoticed) {
  const auto roles = roles_of(tiny_generator({.batch = 2}));
  ASSERT_TRUE(roles) << roles.error().text();
  EXPECT_EQ(roles->fixed_batch, 2);
}

TEST(Roles, LastOpsTellTheRange) {
  const std::tuple<const char*, float, float> cases[] = {
      {"Tanh", -1, 1}, {"Sigmoid", 0, 1}, {"Clip", 0, 255}, {"half", 0, 1}};
  for (const auto& [last, low, high] : cases) {
    const auto roles = roles_of(tiny_generator({.last = last}));
    ASSERT_TRUE(roles) << last << ": " << roles.error().text();
    ASSERT_TRUE(roles->value_range) << last;
    EXPECT_EQ(roles->value_range->low, low) << last;
    EXPECT_EQ(roles->value_range->high, high) << last;
  }
  const auto roles = roles_of(tiny_generator({.last = "none"}));
  ASSERT_TRUE(roles) << roles.error().text();
  EXPECT_FALSE(roles->value_range);
}

TEST(Roles, ADescribedRangeWins) {
  ModelDescription description;
  description.value_range = ValueRange{2, 3};
  const auto roles = roles_of(tiny_generator(), description);
  ASSERT_TRUE(roles && roles->value_range);
  EXPECT_EQ(roles->value_range->low, 2);
}

TEST(Roles, ChannelsMayComeLast) {
  const auto roles = roles_of(tiny_generator({.channels = 3, .output = "keras"}));
  ASSERT_TRUE(roles) << roles.error().text();
  EXPECT_TRUE(roles->image_is_channels_last);
  EXPECT_EQ(roles->image_size, (ImageSize{3, 2, 3}));
}

TEST(Roles, AFlatOutputIsASquareOrNeedsASize) {
  EXPECT_EQ(error_of(tiny_generator({.output = "flat"})),
            "image: the output 'image' float32 (N, 6) is flat, and no square: give image.width, image.height and "
            "image.channels in model.json");
  ModelDescription description;
  description.image_size = ImageSize{3, 2, 1};
  const auto roles = roles_of(tiny_generator({.output = "flat"}), description);
  ASSERT_TRUE(roles) << roles.error().text();
  EXPECT_EQ(roles->image_size, (ImageSize{3, 2, 1}));
  description.image_size = ImageSize{3, 3, 1};
  EXPECT_EQ(error_of(tiny_generator({.output = "flat"}), description),
            "image: the output 'image' float32 (N, 6) isn't 3 x 3 x 1");
}

/// z (N,8), and inputs and outputs of all kinds: a node for each output has its shape.
struct Table {
  struct Row {
    std::string name;
    std::vector<std::int64_t> shape; ///< after N
    DataType type = DataType::float32;
  };
  std::vector<Row> inputs, outputs = {{"image", {1, 2, 3}}};

  onnx::Model model() const {
    onnx::Model model;
    model.opset = 17;
    std::string sum;
    for (const auto& [name, shape, type] : inputs) {
      model.inputs.push_back(value_info(name, type, {open_batch}));
      for (const std::int64_t size : shape)
        model.inputs.back().shape->push_back({size, ""});
    }
    for (const auto& [name, shape, type] : outputs) {
      std::vector<std::int64_t> sizes{-1};
      std::int64_t all = 1;
      for (const std::int64_t size : shape) {
        sizes.push_back(size);
        all *= size;
      }
      model.initializers["zeros of " + name] = Tensor(DataType::float32, {1, all});
      model.initializers["shape of " + name] = Tensor::of<std::int64_t>(Shape{static_cast<std::int64_t>(sizes.size())},
                                                                        std::span<const std::int64_t>(sizes));
      model.initializers["column"] = Tensor::of<std::int64_t>({2}, {-1, 1});
      model.initializers["axes"] = Tensor::of<std::int64_t>({1}, {1});
      model.nodes.push_back(node("Flatten", {inputs[0].name}, "rows of " + name));
      model.nodes.push_back(node("Cast", {"rows of " + name}, "numbers of " + name));
      model.nodes.back().attributes.push_back({"to", std::int64_t{1}});
      model.nodes.push_back(node("ReduceMean", {"numbers of " + name, "axes"}, "mean of " + name));
      model.nodes.push_back(node("Add", {"mean of " + name, "zeros of " + name}, "flat " + name));
      model.nodes.push_back(node("Reshape", {"flat " + name, "shape of " + name}, name));
      model.outputs.push_back(value_info(name, type, {open_batch}));
    }
    return model;
  }
};

constexpr DataType whole = DataType::int64;

/// Each row of `role_rules`, by the inputs that it tells apart.
TEST(RoleRules, OfInputs) {
  struct Case {
    std::vector<Table::Row> inputs;
    std::string latent, label;
  };
  const Case cases[] = {
      {{{"z", {8}}}, "z", ""},
      {{{"x", {8, 1, 1}}}, "x", ""},
      {{{"Noise", {}, whole}, {"label", {8}}}, "label", "Noise"}, // whole numbers are never the latent
      {{{"noise", {1}, whole}, {"x", {8}}}, "x", "noise"},
      {{{"label", {5}}, {"noise", {8}}}, "noise", "label"}, // though it comes first
      {{{"y", {5}}, {"x", {8}}}, "x", "y"},
      {{{"class_onehot", {5}}, {"style", {8}}}, "style", "class_onehot"},
      {{{"first", {5}}, {"z", {8}}}, "z", "first"},
      {{{"first", {5}}, {"latent_code", {8, 1, 1}}}, "latent_code", "first"},
      {{{"first", {8}}, {"second", {5}}}, "first", "second"},
      {{{"label", {8}}}, "label", ""}, // the only one
  };
  for (const auto& [inputs, latent, label] : cases) {
    SCOPED_TRACE(inputs[0].name);
    ModelDescription description;
    description.labels = {"a", "b", "c", "d", "e"};
    if (label.empty())
      description.labels.clear();
    const auto roles = roles_of(Table{inputs}.model(), description);
    ASSERT_TRUE(roles) << roles.error().text();
    EXPECT_EQ(inputs[roles->latent].name, latent);
    EXPECT_EQ(roles->label ? inputs[*roles->label].name : "", label);
  }
}

TEST(RoleRules, OfOutputs) {
  struct Case {
    std::vector<Table::Row> outputs;
    std::string image;
    ImageSize size;
  };
  const Case cases[] = {
      {{{"x", {3, 2, 5}}}, "x", {5, 2, 3}},
      {{{"mask", {1, 2, 5}}, {"picture", {3, 2, 5}}}, "picture", {5, 2, 3}},
      {{{"features", {8, 2, 5}}, {"x", {3, 2, 5}}}, "x", {5, 2, 3}},
      {{{"logits", {10}}, {"x", {4, 2, 5}}}, "x", {5, 2, 4}},
      {{{"x", {784}}}, "x", {28, 28, 1}},
      {{{"x", {3072}}}, "x", {32, 32, 3}},
      {{{"x", {6, 7}}}, "x", {7, 6, 1}},
      {{{"logits", {10}}, {"sample", {64}}}, "sample", {8, 8, 1}},
  };
  for (const auto& [outputs, image, size] : cases) {
    SCOPED_TRACE(image);
    const auto roles = roles_of(Table{{{"z", {8}}}, outputs}.model());
    ASSERT_TRUE(roles) << roles.error().text();
    EXPECT_EQ(outputs[roles->image].name, image);
    EXPECT_EQ(roles->image_size, size);
  }
}

TEST(Roles, WhatADescriptionSaysMustHold) {
  ModelDescription size;
  size.image_size = ImageSize{28, 28, 1};
  EXPECT_EQ(error_of(tiny_generator(), size), "image: is said to be 28 x 28 x 1, but the graph gives 3 x 2 x 1");
  ModelDescription latent;
  latent.latent_size = 64;
  EXPECT_EQ(error_of(tiny_generator(), latent), "latent.size: is 64, but the input is 'z' float32 (N, 4)");
  ModelDescription labels;
  labels.labels.assign(11, "x");
  EXPECT_EQ(error_of(tiny_generator(), labels), "labels: names 11 classes, but 'label' int64 (N) takes 10");
  EXPECT_EQ(error_of(tiny_generator({.label = "none"}), labels), "labels: are given, but the graph takes none");
}

TEST(Roles, UnknownNamesAreAnsweredWithThoseThereAre) {
  ModelDescription description;
  description.latent_input = "noise";
  EXPECT_EQ(error_of(tiny_generator(), description),
            "roles.latent: the graph has no 'noise', only 'z' float32 (N, 4), 'label' int64 (N)");
  description.latent_input = "label";
  EXPECT_EQ(error_of(tiny_generator(), description), "latent: no input is one: it must be float32 (N, Z), (N, Z, 1, 1) "
                                                     "or a map that is no picture; the inputs are 'z' float32 "
                                                     "(N, 4), 'label' int64 (N)");
}

TEST(Roles, AnEncoderIsNoGenerator) {
  onnx::Model model;
  model.opset = 17;
  model.inputs.push_back(value_info("photo", DataType::float32, {open_batch, 3, 8, 8}));
  model.outputs.push_back(value_info("out", DataType::float32, {open_batch, 3, 8, 8}));
  model.nodes.push_back(node("Tanh", {"photo"}, "out"));
  EXPECT_EQ(error_of(std::move(model)),
            "latent: no input is one: it must be float32 (N, Z), (N, Z, 1, 1) or a map that is no picture; "
            "the inputs are 'photo' float32 (N, 3, 8, 8)");
}

TEST(Roles, FurtherInputsGetTheLatentsLastNumbers) {
  onnx::Model model = tiny_generator();
  model.inputs.push_back(value_info("code", DataType::float32, {open_batch, 6}));
  model.inputs.push_back(value_info("psi", DataType::float32, {}));
  model.inputs.push_back(value_info("t", DataType::float32, {open_batch}));
  model.inputs.push_back(value_info("more", DataType::float32, {open_batch, 2}));
  const auto roles = roles_of(onnx::clone(model));
  ASSERT_TRUE(roles) << roles.error().text();
  EXPECT_EQ(roles->own_latent_size, 4);
  EXPECT_EQ(roles->latent_size, 4 + 6 + 1 + 1 + 2);
  ASSERT_EQ(roles->further.size(), 4U);
  EXPECT_EQ(roles->further[0].input, 2U);
  EXPECT_FALSE(roles->further[0].is_shared);
  EXPECT_TRUE(roles->further[1].is_shared);
  EXPECT_EQ(roles->further[2].size, 1);
  ASSERT_EQ(roles->latent_ranges.size(), 5U);
  EXPECT_TRUE(roles->latent_ranges[1].uniform);
  EXPECT_EQ(roles->latent_ranges[2].constant, 1);
  EXPECT_EQ(roles->latent_ranges[3].normal, 0);
  EXPECT_EQ(roles->latent_ranges[4].normal, 1);

  ModelDescription description;
  description.latent_size = 4;
  EXPECT_NE(error_of(onnx::clone(model), description).find("latent.size: is 4, but the inputs 'z' float32 (N, 4), "),
            std::string::npos);
  onnx::Model other = tiny_generator();
  other.inputs.push_back(value_info("code", DataType::float32, {3, 6}));
  EXPECT_EQ(
      error_of(std::move(other)),
      "inputs: 'code' float32 (3, 6) isn't of the latent's batch: it seems to be a weight that is missing from the "
      "file; export it with its weights (torch.onnx.export: export_params=True)");
}

TEST(Roles, AThirdInputThatIsNoRowIsAskedFor) {
  onnx::Model model = tiny_generator();
  model.inputs.push_back(value_info("map", DataType::float32, {open_batch, 6, 2}));
  EXPECT_EQ(
      error_of(std::move(model)),
      "inputs: a generator takes a latent, at most a label, and rows of numbers; what is 'map' float32 (N, 6, 2)?");
}

TEST(Roles, AMapThatIsNoPictureIsALatent) {
  const auto with = [](const char* name, const std::vector<std::int64_t>& sizes) {
    onnx::Model model;
    model.ir_version = 8;
    model.opset = 17;
    model.inputs.push_back({name, DataType::float32, std::vector<onnx::Dimension>{{std::nullopt, "N"}}});
    for (const std::int64_t size : std::span(sizes).subspan(1))
      model.inputs[0].shape->push_back({size, ""});
    std::int64_t numbers = 1;
    for (const std::int64_t size : std::span(sizes).subspan(1))
      numbers *= size;
    model.initializers["shape"] = Tensor::of<std::int64_t>({4}, {-1, 1, 2, numbers / 2});
    model.nodes.push_back(node("Reshape", {name, "shape"}, "flat"));
    model.nodes.push_back(node("Tanh", {"flat"}, "image"));
    model.outputs.push_back(value_info("image", DataType::float32, {open_batch, 1, 2, numbers / 2}));
    return model;
  };
  for (const auto& [name, sizes] :
       std::vector<std::pair<const char*, std::vector<std::int64_t>>>{{"x", {open_batch, 2, 2, 4}},
                                                                      {"x", {open_batch, 1, 1, 100}},
                                                                      {"x", {open_batch, 512, 4, 4}},
                                                                      {"x", {open_batch, 18, 32}},
                                                                      {"latent", {open_batch, 4, 16, 16}}}) {
    const auto roles = roles_of(with(name, sizes));
    ASSERT_TRUE(roles) << name << ": " << roles.error().text();
    EXPECT_EQ(roles->latent, 0U);
    EXPECT_EQ(roles->latent_size, roles->image_size.width * 2);
    EXPECT_FALSE(Translator::takes_pictures(with(name, sizes))) << name;
  }
  EXPECT_TRUE(Translator::takes_pictures(with("x", {open_batch, 4, 16, 16})));
  EXPECT_NE(error_of(with("x", {open_batch, 4, 16, 16})).find("latent: no input is one"), std::string::npos);
}

TEST(Roles, TwoPicturesMustBeToldApart) {
  onnx::Model model = tiny_generator();
  model.outputs.push_back(value_info("other", DataType::float32, {open_batch, 1, 2, 3}));
  model.nodes.push_back(node("Neg", {"image"}, "other"));
  const auto by_name = roles_of(onnx::clone(model));
  ASSERT_TRUE(by_name) << by_name.error().text();
  EXPECT_EQ(by_name->image, 0U);
  model.outputs[0].name = "one";
  model.nodes.push_back(node("Identity", {"image"}, "one"));
  EXPECT_EQ(error_of(onnx::clone(model)),
            "image: more than one output could be it: 'one' float32 (N, 1, 2, 3), 'other' float32 (N, 1, 2, 3); name "
            "it as roles.image in model.json");
  ModelDescription description;
  description.image_output = "other";
  const auto roles = roles_of(std::move(model), description);
  ASSERT_TRUE(roles) << roles.error().text();
  EXPECT_EQ(roles->image, 1U);
}

/// A network that only gives its latent another shape, (N, a, b, c).
onnx::Model reshaping(std::int64_t a, std::int64_t b, std::int64_t c) {
  onnx::Model model;
  model.ir_version = 8;
  model.opset = 17;
  model.inputs.push_back(value_info("z", DataType::float32, {open_batch, a * b * c}));
  model.initializers["shape"] = Tensor::of<std::int64_t>({4}, {-1, a, b, c});
  model.nodes.push_back(node("Reshape", {"z", "shape"}, "image"));
  model.outputs.push_back(value_info("image", DataType::float32, {open_batch, a, b, c}));
  return model;
}

TEST(Roles, AnImageOfOtherChannelsIsAMapOfClasses) {
  const auto first = roles_of(reshaping(5, 16, 18));
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_EQ(first->image_size, (ImageSize{18, 16, 5}));
  EXPECT_FALSE(first->image_is_channels_last);
  const auto last = roles_of(reshaping(16, 18, 2));
  ASSERT_TRUE(last) << last.error().text();
  EXPECT_EQ(last->image_size, (ImageSize{18, 16, 2}));
  EXPECT_TRUE(last->image_is_channels_last);
  EXPECT_EQ(error_of(reshaping(300, 16, 302)), "image: must have 1, 3 or 4 channels, or up to 256 classes, but the "
                                               "output is 'image' float32 (N, 300, 16, 302)");
}

TEST(Roles, ALabelWithoutATableNeedsNames) {
  onnx::Model model = tiny_generator({.label = "none"});
  model.inputs.push_back(value_info("label", DataType::int64, {open_batch, 1}));
  model.nodes.resize(1);
  model.nodes.push_back(node("Cast", {"label"}, "number"));
  model.nodes.back().attributes.push_back({"to", std::int64_t{1}});
  model.nodes.push_back(node("Add", {"spread", "number"}, "sum"));
  model.nodes.push_back(node("Reshape", {"sum", "shape"}, "image"));
  EXPECT_EQ(error_of(onnx::clone(model)),
            "labels: can't be counted from the graph: name the classes of 'label' int64 (N, 1) in model.json");
  ModelDescription description;
  description.labels = {"cat", "dog"};
  const auto roles = roles_of(std::move(model), description);
  ASSERT_TRUE(roles) << roles.error().text();
  EXPECT_EQ(roles->label_count, 2);
}

} // namespace
} // namespace ganlet
