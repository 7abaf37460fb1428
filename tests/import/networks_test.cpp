// Networks as Keras and TensorFlow.js save them give what layers.py says that they compute, which is written from
// Keras's documentation in NumPy; and so does the file that is saved of them, in ONNX Runtime.

#include "judged.h"

namespace ganlet::test {
namespace {

const Made& networks() {
  static const Made made("make_files.py");
  return made;
}

TEST(Networks, AreWritten) {
  ASSERT_TRUE(networks().works()) << "python3-h5py and python3-numpy are needed (tools/setup.sh)";
  EXPECT_GE(networks().models().size(), 40u);
}

TEST(Networks, GiveWhatTheirLayersCompute) {
  for (const fs::path& file : networks().models()) {
    SCOPED_TRACE(file.filename());
    expect_reference_right(file);
  }
}

#ifdef GANLET_WITH_ONNX_RUNTIME
TEST(Networks, AsSavedGiveTheSameInOnnxRuntime) {
  for (const fs::path& file : networks().models()) {
    SCOPED_TRACE(file.filename());
    expect_onnx_runtime_right(file);
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
