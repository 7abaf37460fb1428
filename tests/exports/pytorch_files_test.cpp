// Files that torch.onnx.export wrote: tests/exports/make_pytorch.py made them and says by which version.
#include <filesystem>
#include <ranges>

#include "exported.h"
#include "image/whole_file.h"

namespace ganlet::test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> pytorch_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(GANLET_SOURCE_DIR "/tests/exports/pytorch"))
    files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

Shape shape_of(const onnx::ValueInfo& input) {
  constexpr std::int64_t batch = 3;
  std::vector<std::int64_t> sizes;
  for (const onnx::Dimension& dimension : *input.shape)
    sizes.push_back(dimension.size.value_or(batch));
  return *Shape::make(sizes, {}, input.name);
}

/// Classes 0, 1, ... for the images of a batch: as integers (N), or one-hot (N, classes).
Tensor labels_of(const onnx::ValueInfo& input) {
  Tensor tensor(input.type, shape_of(input));
  for (std::int64_t row = 0; row < tensor.shape()[0]; ++row)
    if (input.type == DataType::int64)
      tensor.as<std::int64_t>()[static_cast<std::size_t>(row)] = row;
    else
      tensor.as<float>()[static_cast<std::size_t>(row * tensor.shape()[1] + row)] = 1;
  return tensor;
}

class PytorchFile : public testing::TestWithParam<fs::path> {};

TEST_P(PytorchFile, DrawsAsInOnnxRuntime) {
  const auto file = read_whole(GetParam(), Limits{}.file_bytes);
  ASSERT_TRUE(file) << file.error().text();
  const auto model = onnx::read(*file, {});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_TRUE(model->producer.starts_with("pytorch ")) << model->producer;
  std::vector<NamedTensor> inputs;
  for (const onnx::ValueInfo& input : model->inputs) {
    if (input.name == "label")
      inputs.push_back({input.name, labels_of(input)});
    else
      inputs.push_back(normal_input(input.name, shape_of(input)));
  }
  expect_as_onnx_runtime(*file, inputs);
}

INSTANTIATE_TEST_SUITE_P(Exported, PytorchFile, testing::ValuesIn(pytorch_files()),
                         [](const auto& info) { return info.param.stem().string(); });

} // namespace
} // namespace ganlet::test
