// Files that torch.onnx.export wrote: tests/exports/make_pytorch.py made them and says by which version.
#include <filesystem>
#include <ranges>
#include <set>

#include "exported.h"
#include "image/whole_file.h"
#include "onnx/quantize.h"

namespace ganlet::test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> pytorch_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(GANLET_SOURCE_DIR "/tests/exports/pytorch"))
    if (entry.path().extension() == ".onnx")
      files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

constexpr std::int64_t batch = 3;

Shape shape_of(const onnx::ValueInfo& input) {
  std::vector<std::int64_t> sizes;
  for (const onnx::Dimension& dimension : *input.shape)
    sizes.push_back(dimension.size.value_or(batch));
  return *Shape::make(sizes, {}, input.name);
}

/// What a file is about: its name without the opset.
std::string kind_of(const fs::path& file) {
  const std::string name = file.stem().string();
  return name.substr(0, name.find("_opset"));
}

bool is_one_of(const std::string& kind, std::initializer_list<std::string_view> kinds) {
  return std::ranges::find(kinds, kind) != kinds.end();
}

/// Integers are classes or codes 0, 1, ...; floats called a label are one-hot (N, classes).
NamedTensor input_of(const onnx::ValueInfo& input) {
  if (input.type == DataType::float32 && input.name != "label")
    return normal_input(input.name, shape_of(input));
  NamedTensor given{input.name, Tensor(input.type, shape_of(input))};
  const Shape& shape = given.tensor.shape();
  if (input.type == DataType::int64)
    for (std::int64_t i = 0; i < shape.elements(); ++i)
      given.tensor.as<std::int64_t>()[static_cast<std::size_t>(i)] = i % 5;
  else
    for (std::int64_t row = 0; row < shape[0]; ++row)
      given.tensor.as<float>()[static_cast<std::size_t>(row * shape[1] + row)] = 1;
  return given;
}

/// The file with an input in place of each node that draws random numbers, and the numbers that ganlet draws there, for
/// ONNX Runtime, which has others.
std::vector<std::byte> with_given_numbers(onnx::Model model, std::vector<NamedTensor>& inputs) {
  const auto lowered = lower(onnx::clone(model), {.evaluate = reference::evaluate});
  EXPECT_TRUE(lowered) << lowered.error().text();
  std::vector<Shape> shapes;
  for (const Node& node : lowered->nodes)
    if (std::holds_alternative<op::Random>(node.operation))
      shapes.push_back(*resolve(lowered->values[static_cast<std::size_t>(node.output)].shape, batch, {}, node.place));
  std::size_t number = 0;
  std::erase_if(model.nodes, [&](const onnx::Node& node) {
    if (!node.op_type.starts_with("Random"))
      return false;
    NamedTensor& given = inputs.emplace_back(node.outputs[0], Tensor(DataType::float32, shapes[number]));
    const std::int64_t each = given.tensor.shape().elements() / batch;
    for (std::int64_t i = 0; i < batch * each; ++i) {
      const Rng rng(static_cast<std::uint64_t>(i / each), static_cast<std::uint32_t>(16 + number));
      const auto place = static_cast<std::uint64_t>(i % each);
      given.tensor.as<float>()[static_cast<std::size_t>(i)] = node.op_type.starts_with("RandomNormal")
                                                                  ? rng.normal(place)
                                                                  : static_cast<float>(rng.bits(place) >> 8) * 0x1p-24F;
    }
    ++number;
    model.inputs.push_back({given.name, DataType::float32, std::vector<onnx::Dimension>(4)});
    return true;
  });
  return onnx::write(model);
}

/// What no bare file draws.
const std::set<std::string_view> draw_nothing = {"vqvae"};

TEST(PytorchFiles, AreOfFortyKinds) {
  std::set<std::string> kinds;
  for (const fs::path& file : pytorch_files())
    kinds.insert(kind_of(file));
  EXPECT_GE(kinds.size(), 40U + draw_nothing.size());
  EXPECT_GE(pytorch_files().size(), 120U);
}

class PytorchFile : public testing::TestWithParam<fs::path> {};

TEST_P(PytorchFile, DrawsAsInOnnxRuntime) {
  const auto file = read_whole(GetParam(), Limits{}.file_bytes);
  ASSERT_TRUE(file) << file.error().text();
  const auto model = onnx::read(*file, {});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_TRUE(model->producer.starts_with("pytorch ")) << model->producer;
  std::vector<NamedTensor> inputs;
  for (const onnx::ValueInfo& input : model->inputs)
    inputs.push_back(input_of(input));
  std::vector<NamedTensor> with_noise;
  for (const NamedTensor& input : inputs)
    with_noise.push_back({input.name, input.tensor.clone()});
  const std::vector<std::byte> given = with_given_numbers(onnx::clone(*model), with_noise);
  const bool is_noisy = with_noise.size() > inputs.size();
  const std::string kind = kind_of(GetParam());
  EXPECT_EQ(is_noisy, is_one_of(kind, {"noise_inside", "stylegan2"}));
  expect_as_onnx_runtime(*file, inputs, run_in_onnx_runtime(is_noisy ? given : *file, with_noise),
                         !draw_nothing.contains(kind));
}

onnx::Model model_of(const std::string& name) {
  const auto file =
      read_whole(GANLET_SOURCE_DIR "/tests/exports/pytorch/" + name + ".onnx", Limits{}.file_bytes).value();
  return onnx::read(file, {}).value();
}

/// Weights that a style multiplies for each picture stay constant: the style scales the channels instead.
void expect_constant_weights(onnx::Model model) {
  const auto graph = lower(std::move(model), {.evaluate = reference::evaluate});
  ASSERT_TRUE(graph) << graph.error().text();
  int convolutions = 0;
  for (const Node& node : graph->nodes) {
    if (!std::holds_alternative<op::Convolution>(node.operation) &&
        !std::holds_alternative<op::TransposedConvolution>(node.operation))
      continue;
    ++convolutions;
    EXPECT_NE(graph->constant_of(node.inputs[1]), nullptr) << node.place;
  }
  EXPECT_EQ(convolutions, 3);
}

TEST(PytorchFiles, ModulatedWeightsStayConstant) {
  expect_constant_weights(model_of("computed_weights"));
  expect_constant_weights(model_of("stylegan2"));
}

TEST(PytorchFiles, ModulatedWeightsAreQuantized) {
  for (const std::string name : {"computed_weights", "stylegan2"}) {
    SCOPED_TRACE(name);
    const onnx::Model model = model_of(name);
    auto quantized = onnx::quantize(onnx::clone(model));
    ASSERT_TRUE(quantized) << quantized.error().text();
    const auto is_modulated = [](const auto& one) {
      return one.second.type() == DataType::int8 && one.second.shape().rank() == 5;
    };
    EXPECT_EQ(std::ranges::count_if(quantized->initializers, is_modulated), 3);
    std::vector<NamedTensor> inputs;
    for (const onnx::ValueInfo& input : model.inputs)
      inputs.push_back(input_of(input));
    const std::vector<float> wanted = run_ours(onnx::write(model), xnn::backend, inputs);
    const std::vector<float> given = run_ours(onnx::write(*quantized), xnn::backend, inputs);
    ASSERT_EQ(given.size(), wanted.size());
    double squares = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      squares += std::pow(given[i] - wanted[i], 2);
    EXPECT_GE(10 * std::log10(4 * static_cast<double>(wanted.size()) / squares), 40) << "dB; values are in [-1, 1]";
    expect_constant_weights(std::move(*quantized));
  }
}

INSTANTIATE_TEST_SUITE_P(Exported, PytorchFile, testing::ValuesIn(pytorch_files()),
                         [](const auto& info) { return info.param.stem().string(); });

} // namespace
} // namespace ganlet::test
