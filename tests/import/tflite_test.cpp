// TensorFlow Lite files give what NumPy computes of their operators; and so does the file that is saved of them, in
// ONNX Runtime.

#include "import/tflite_network.h"
#include "judged.h"

namespace ganlet::test {
namespace {

const Made& files() {
  static const Made made("make_tflite.py");
  return made;
}

TEST(Tflite, FilesAreWritten) {
  ASSERT_TRUE(files().works()) << "python3-numpy is needed (tools/setup.sh)";
  EXPECT_GE(files().models().size(), 18u);
}

TEST(Tflite, GivesWhatItsOperatorsCompute) {
  for (const fs::path& file : files().models()) {
    SCOPED_TRACE(file.filename());
    expect_reference_right(file);
  }
}

#ifdef GANLET_WITH_ONNX_RUNTIME
TEST(Tflite, AsSavedGivesTheSameInOnnxRuntime) {
  for (const fs::path& file : files().models()) {
    SCOPED_TRACE(file.filename());
    expect_onnx_runtime_right(file);
  }
}
#endif

/// Weights in int8 stay so, with one scale for each channel.
TEST(Tflite, KeepsWeightsInInt8) {
  const auto model = import_model(files().folder() / "dcgan_i1.tflite");
  ASSERT_TRUE(model) << model.error().text();
  const auto count =
      std::ranges::count_if(model->initializers, [](const auto& one) { return one.second.type() == DataType::int8; });
  EXPECT_EQ(count, 4);
}

/// MediaPipe's networks, from npm.
TEST(Tflite, ReadsMediaPipesFiles) {
  const fs::path folder = fs::path(GANLET_SOURCE_DIR) / "node_modules/@mediapipe/selfie_segmentation";
  for (const char* name : {"selfie_segmentation.tflite", "selfie_segmentation_landscape.tflite"}) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(fs::exists(folder / name)) << "npm ci installs it";
    const auto model = import_model(folder / name);
    ASSERT_TRUE(model) << model.error().text();
    Tensor picture(DataType::float32, Shape{1, *(*model->inputs[0].shape)[1].size, 256, 3});
    std::ranges::fill(picture.as<float>(), 0.5F);
    std::vector<Tensor> inputs;
    inputs.push_back(std::move(picture));
    const auto mask = run_on_reference(onnx::write(*model), inputs);
    ASSERT_TRUE(mask) << mask.error().text();
    for (const float one : mask->as<float>())
      ASSERT_TRUE(one >= 0 && one <= 1);
  }
}

} // namespace
} // namespace ganlet::test
