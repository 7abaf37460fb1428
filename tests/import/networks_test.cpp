// Networks as Keras and TensorFlow.js save them give what layers.py says that they compute, which is written from
// Keras's documentation in NumPy; and so does the file that is saved of them, in ONNX Runtime.

#include <cmath>

#include <gtest/gtest.h>

#include "graph/lower.h"
#include "image/npy.h"
#include "imported.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "reference/reference.h"

#ifdef GANLET_WITH_ONNX_RUNTIME
#include "support/onnx_runtime.h"
#endif

namespace ganlet::test {
namespace {

const Made& networks() {
  static const Made made("make_files.py");
  return made;
}

Tensor array(const fs::path& file) {
  return read_npy(content_of(file), {}, file.string()).value();
}

std::vector<Tensor> inputs_of(const fs::path& model) {
  std::vector<Tensor> inputs;
  for (int i = 0;; ++i) {
    const fs::path file = fs::path(model).replace_extension("." + std::to_string(i) + ".npy");
    if (!fs::exists(file))
      return inputs;
    inputs.push_back(array(file));
  }
}

void expect_near(const Tensor& given, const fs::path& model) {
  const Tensor wanted = array(fs::path(model).replace_extension(".expected.npy"));
  ASSERT_EQ(given.shape().text(), wanted.shape().text());
  float most = 1, worst = 0;
  for (std::size_t i = 0; i < wanted.as<float>().size(); ++i) {
    most = std::max(most, std::abs(wanted.as<float>()[i]));
    const float off = std::abs(given.as<float>()[i] - wanted.as<float>()[i]);
    worst = off <= worst ? worst : off; // also where it isn't a number
  }
  EXPECT_LE(worst, 1e-4F * most);
}

Result<Tensor> run_on_reference(std::span<const std::byte> file, const std::vector<Tensor>& inputs) {
  GANLET_TRY(onnx::Model model, onnx::read(file, {}));
  GANLET_TRY(Graph graph, lower(std::move(model), {.evaluate = reference::evaluate}));
  GANLET_TRY(const auto program, reference::backend.compile(std::move(graph), {}));
  std::vector<TensorView> views;
  for (const Tensor& input : inputs)
    views.push_back(input.view());
  GANLET_TRY(const auto outputs, program->run(views));
  return Tensor::of<float>(outputs[0].shape, outputs[0].as<const float>());
}

TEST(Networks, AreWritten) {
  ASSERT_TRUE(networks().works()) << "python3-h5py and python3-numpy are needed (tools/setup.sh)";
  EXPECT_GE(networks().models().size(), 40u);
}

TEST(Networks, GiveWhatTheirLayersCompute) {
  for (const fs::path& file : networks().models()) {
    SCOPED_TRACE(file.filename());
    const auto model = import_model(file);
    EXPECT_TRUE(model) << model.error().text();
    if (!model)
      continue;
    const auto given = run_on_reference(onnx::write(*model), inputs_of(file));
    EXPECT_TRUE(given) << given.error().text();
    if (given)
      expect_near(*given, file);
  }
}

#ifdef GANLET_WITH_ONNX_RUNTIME
TEST(Networks, AsSavedGiveTheSameInOnnxRuntime) {
  for (const fs::path& file : networks().models()) {
    SCOPED_TRACE(file.filename());
    const auto model = import_model(file);
    if (!model)
      continue;
    std::vector<NamedTensor> inputs;
    for (Tensor& input : inputs_of(file))
      inputs.push_back({model->inputs[inputs.size()].name, std::move(input)});
    expect_near(run_in_onnx_runtime(onnx::write(*model), inputs), file);
  }
}
#endif

/// A label (N,1) that only tables are looked up with, though Keras 3 calls it float32, is an input of whole numbers.
TEST(Networks, LabelsAreWholeNumbers) {
  const auto model = import_model(networks().folder() / "cgan_keras3.keras");
  ASSERT_TRUE(model) << model.error().text();
  ASSERT_EQ(model->inputs.size(), 2u);
  EXPECT_EQ(model->inputs[0].type, DataType::float32);
  EXPECT_EQ(model->inputs[1].name, "label");
  EXPECT_EQ(model->inputs[1].type, DataType::int64);
}

/// Of a generator with its discriminator behind it, the generator is taken.
TEST(Networks, WhatDrawsIsTaken) {
  const auto model = import_model(networks().folder() / "gan_with_judge.h5");
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->graph_name, "generator");
  Budget budget(Limits{}.load_units);
  const auto bytes = content_of(networks().folder() / "gan_with_judge.h5");
  const auto judge = importing::read(bytes, {"discriminator", {}}, {}, budget);
  ASSERT_TRUE(judge) << judge.error().text();
  EXPECT_EQ(judge->outputs[0].shape->size(), 2u);
  const auto nobody = importing::read(bytes, {"painter", {}}, {}, budget);
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().text(), "keras: there is no model 'painter' inside; there is 'generator', 'discriminator'");
}

/// Work is taken from the budget before it is done.
TEST(Networks, StopAtTheBudget) {
  const auto bytes = content_of(networks().folder() / "dcgan_compressed.h5");
  Budget generous(Limits{}.load_units);
  ASSERT_TRUE(importing::read(bytes, {}, {}, generous));
  for (std::int64_t units = 0; units < generous.used(); units += generous.used() / 37 + 1) {
    Budget budget(units);
    const auto model = importing::read(bytes, {}, {}, budget);
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code(), ErrorCode::limit_exceeded) << model.error().text();
  }
}

} // namespace
} // namespace ganlet::test
