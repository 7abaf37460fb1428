// ganlet-make-dcgan FOLDER: writes generator-f32.onnx and generator.onnx (int8), a DCGAN of 70 M multiply-adds with
// random weights: z 128 -> FC 7x7x128 -> ConvTranspose 4 stride 2 to 128 -> again -> Conv 7 to 1. Only its speed is of
// interest.

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "core/rng.h"
#include "onnx/quantize.h"
#include "onnx/writer.h"

namespace {

using namespace ganlet;

constexpr std::int64_t latent_size = 128, channels = 128;

class Network {
 public:
  Network() {
    model_.ir_version = 8;
    model_.opset = 17;
    model_.producer = "ganlet-make-dcgan";
    model_.graph_name = "dcgan";
    model_.inputs.push_back({"z", DataType::float32, {{{std::nullopt, "batch"}, {latent_size, ""}}}});
    model_.outputs.push_back({"image", DataType::float32, {{{std::nullopt, "batch"}, {1, ""}, {28, ""}, {28, ""}}}});
  }

  /// Random weights of the deviation that keeps activations in range (He et al. 2015), named after the node that reads
  /// them.
  std::string weights(const std::string& node, const Shape& shape, std::int64_t fan_in) {
    Tensor tensor(DataType::float32, shape);
    Rng(1, stream_++).fill_normal(tensor.as<float>());
    for (float& value : tensor.as<float>())
      value *= std::sqrt(2.0F / static_cast<float>(fan_in));
    model_.initializers[node + ".weight"] = std::move(tensor);
    return node + ".weight";
  }

  /// Attributes are moved: they may hold tensors, which aren't copied by accident.
  template <typename... Attributes>
  void add(std::string op_type, std::vector<std::string> inputs, const std::string& output, Attributes... attributes) {
    onnx::Node& node =
        model_.nodes.emplace_back(onnx::Node{std::move(op_type), output, std::move(inputs), {output}, {}});
    (node.attributes.push_back(std::move(attributes)), ...);
  }

  onnx::Model finish() && {
    add("Gemm", {"z", weights("fc", {latent_size, 49 * channels}, latent_size)}, "fc");
    model_.initializers["shape"] = Tensor::of<std::int64_t>({4}, {-1, channels, 7, 7});
    add("Reshape", {"fc", "shape"}, "images");
    add("Relu", {"images"}, "relu0");
    up("up1", "relu0", "relu1");
    up("up2", "relu1", "relu2");
    add("Conv", {"relu2", weights("last", {1, channels, 7, 7}, 49 * channels)}, "last", ints("pads", {3, 3, 3, 3}));
    add("Tanh", {"last"}, "image");
    return std::move(model_);
  }

 private:
  static onnx::Attribute ints(std::string name, std::vector<std::int64_t> values) {
    return {std::move(name), std::move(values)};
  }

  void up(const std::string& name, const std::string& input, const std::string& output) {
    add("ConvTranspose", {input, weights(name, {channels, channels, 4, 4}, 4 * channels)}, name,
        ints("strides", {2, 2}), ints("pads", {1, 1, 1, 1}));
    add("Relu", {name}, output);
  }

  onnx::Model model_;
  std::uint32_t stream_ = 0;
};

bool write_file(const std::filesystem::path& file, const std::vector<std::byte>& bytes) {
  std::ofstream stream(file, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return static_cast<bool>(stream.flush());
}

} // namespace

int main(int count, char** arguments) {
  if (count != 2 || arguments[1][0] == '-') {
    std::fprintf(stderr, "usage: ganlet-make-dcgan FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  std::filesystem::create_directories(folder);
  onnx::Model model = Network().finish();
  const bool wrote_floats = write_file(folder / "generator-f32.onnx", onnx::write(model));
  auto quantized = onnx::quantize(std::move(model));
  if (!quantized || !wrote_floats || !write_file(folder / "generator.onnx", onnx::write(*quantized))) {
    std::fprintf(stderr, "%s: %s\n", arguments[1], quantized ? "can't be written" : quantized.error().text().c_str());
    return 1;
  }
  return 0;
}
