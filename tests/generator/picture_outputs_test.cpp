// Outputs in other forms than (N,C,H,W) of float32, and networks that can only be followed for one picture.

#include <gtest/gtest.h>

#include "core/rng.h"
#include "generator/model.h"
#include "generator/tiny_model.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet {
namespace {

using test::node;
using test::open_batch;
using test::value_info;

/// z (N,6), bounded to [-1, 1].
onnx::Model bounded() {
  onnx::Model model;
  model.ir_version = 8;
  model.opset = 17;
  model.inputs.push_back(value_info("z", DataType::float32, {open_batch, 6}));
  model.nodes.push_back(node("Tanh", {"z"}, "bounded"));
  return model;
}

onnx::Node with(onnx::Node made, std::string name, std::int64_t value) {
  made.attributes.push_back({std::move(name), value});
  return made;
}

/// (bounded + 1) * 127.5, rounded, as bytes.
void add_bytes(onnx::Model& model, const std::string& from) {
  constexpr std::int64_t uint8 = 2;
  model.initializers["one"] = Tensor::of<float>({}, {1});
  model.initializers["half"] = Tensor::of<float>({}, {127.5F});
  model.nodes.push_back(node("Add", {from, "one"}, "raised"));
  model.nodes.push_back(node("Mul", {"raised", "half"}, "scaled"));
  model.nodes.push_back(node("Round", {"scaled"}, "rounded"));
  model.nodes.push_back(with(node("Cast", {"rounded"}, "bytes"), "to", uint8));
}

void reshape(onnx::Model& model, const std::string& from, const std::string& to,
             std::initializer_list<std::int64_t> sizes) {
  model.initializers[to + ".shape"] = Tensor::of<std::int64_t>({static_cast<std::int64_t>(sizes.size())}, sizes);
  model.nodes.push_back(node("Reshape", {from, to + ".shape"}, to));
}

/// Draws two pictures with either backend, and expects pixel k of each to be number k of its latent.
void expect_drawn(const onnx::Model& network, int width, int height, int channels = 1) {
  for (const Backend* backend : {&reference::backend, &xnn::backend}) {
    ModelDescription description;
    description.parts = {{"generator", "", {}, {}}};
    ModelOptions options;
    options.backend = backend;
    auto model = Model::open(std::move(description), std::move(options));
    ASSERT_TRUE(model);
    const auto given = model->give("generator", onnx::write(network));
    ASSERT_TRUE(given) << given.error().text();
    const auto facts = model->facts();
    ASSERT_TRUE(facts) << facts.error().text();
    EXPECT_EQ(facts->image, (ImageSize{width, height, channels}));
    const auto picture = model->picture({.count = 2, .seed = 4, .columns = 1});
    ASSERT_TRUE(picture) << picture.error().text();
    for (std::size_t image = 0; image < 2; ++image) {
      std::vector<float> latent(6);
      fill_latent(4 + image, Distribution::normal, latent);
      for (std::size_t i = 0; i < 6; ++i) {
        const std::size_t pixel =
            image * 6 / static_cast<std::size_t>(channels) + i / static_cast<std::size_t>(channels);
        EXPECT_EQ(picture->pixels[4 * pixel + i % static_cast<std::size_t>(channels)],
                  to_byte(std::tanh(latent[i]), {-1, 1}))
            << image << ' ' << i;
      }
    }
  }
}

TEST(PictureOutputs, BytesAreOf0To255) {
  onnx::Model model = bounded();
  add_bytes(model, "bounded");
  reshape(model, "bytes", "image", {-1, 2, 1, 3});
  model.outputs.push_back(value_info("image", DataType::int64, {open_batch, 2, 1, 3}));
  expect_drawn(model, 1, 2, 3);
}

TEST(PictureOutputs, OneOfABatchIsDrawnOneByOne) {
  onnx::Model model = bounded();
  reshape(model, "bounded", "pictures", {-1, 2, 1, 3});
  model.initializers["first"] = Tensor::of<std::int64_t>({}, {0});
  model.nodes.push_back(with(node("Gather", {"pictures", "first"}, "picture"), "axis", 0));
  add_bytes(model, "picture");
  model.outputs.push_back(value_info("bytes", DataType::int64, {2, 1, 3}));
  expect_drawn(model, 1, 2, 3);
}

TEST(PictureOutputs, OfAFixedBatchOfOneNeedNoBatch) {
  onnx::Model model = bounded();
  model.inputs[0] = value_info("z", DataType::float32, {1, 6});
  reshape(model, "bounded", "image", {2, 3});
  model.outputs.push_back(value_info("image", DataType::float32, {2, 3}));
  expect_drawn(model, 3, 2);
}

TEST(PictureOutputs, StatisticsOverTheBatchAreThoseOfOnePicture) {
  onnx::Model model = bounded();
  model.initializers["axes"] = Tensor::of<std::int64_t>({1}, {0});
  model.nodes.push_back(node("ReduceMean", {"bounded"}, "mean"));
  model.nodes.back().attributes.push_back({"axes", std::vector<std::int64_t>{0}});
  reshape(model, "mean", "image", {-1, 1, 2, 3});
  model.outputs.push_back(value_info("image", DataType::float32, {open_batch, 1, 2, 3}));
  expect_drawn(model, 3, 2);
}

TEST(PictureOutputs, AFlatFixedBatchStaysABatch) {
  onnx::Model model = bounded();
  model.inputs[0] = value_info("z", DataType::float32, {4, 6});
  model.outputs.push_back(value_info("bounded", DataType::float32, {4, 6}));
  ModelDescription description;
  description.parts = {{"generator", "", {}, {}}};
  description.image_size = ImageSize{3, 2, 1};
  ModelOptions options;
  options.backend = &reference::backend;
  auto opened = Model::open(std::move(description), std::move(options));
  ASSERT_TRUE(opened->give("generator", onnx::write(model)));
  EXPECT_EQ(opened->facts()->fixed_batch, 4);
}

} // namespace
} // namespace ganlet
