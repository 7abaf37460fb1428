#include "onnx_builder.h"

#include <cstring>
#include <variant>

#include "core/text.h"

namespace ganlet::train {

namespace {

using Integers = std::vector<std::int64_t>;

onnx::Attribute integers(const char* name, Integers values) {
  return {name, std::move(values)};
}
onnx::Attribute integer(const char* name, std::int64_t value) {
  return {name, value};
}

/// Attributes can only be moved, which an initializer list can't.
template <typename... Attributes> std::vector<onnx::Attribute> attributes(Attributes... each) {
  std::vector<onnx::Attribute> all;
  (all.push_back(std::move(each)), ...);
  return all;
}

template <std::size_t N> Integers list(const torch::ExpandingArray<N>& values) {
  return {values->begin(), values->end()};
}

/// ONNX gives paddings before and after: all axes' starts, then all axes' ends.
Integers both_sides(const torch::ExpandingArray<2>& padding) {
  Integers sides = list(padding);
  sides.insert(sides.end(), padding->begin(), padding->end());
  return sides;
}

std::vector<onnx::Dimension> open_batch(const Integers& sizes) {
  std::vector<onnx::Dimension> shape{{std::nullopt, "N"}};
  for (const std::int64_t size : sizes)
    shape.push_back({size, ""});
  return shape;
}

} // namespace

OnnxBuilder::OnnxBuilder() {
  model_.ir_version = 8;
  model_.opset = 17;
  model_.producer = "ganlet-train";
  model_.graph_name = "generator";
}

std::string OnnxBuilder::add(const std::string& op, std::vector<std::string> inputs,
                             std::vector<onnx::Attribute> with) {
  std::string name = ganlet::concat(op, "_", model_.nodes.size());
  onnx::Node node;
  node.op_type = op;
  node.name = name;
  node.inputs = std::move(inputs);
  node.outputs = {name};
  node.attributes = std::move(with);
  model_.nodes.push_back(std::move(node));
  return name;
}

std::string OnnxBuilder::constant(const std::string& name, const torch::Tensor& values) {
  const torch::Tensor dense = values.detach().cpu().contiguous();
  const bool is_float = dense.scalar_type() == torch::kFloat;
  TORCH_CHECK(is_float || dense.scalar_type() == torch::kLong, "constants are float32 or int64");
  const Result<Shape> shape = Shape::make({dense.sizes().data(), dense.sizes().size()}, Limits{}, name);
  TORCH_CHECK(shape.has_value(), name, " is too large");
  Tensor tensor(is_float ? DataType::float32 : DataType::int64, *shape);
  std::memcpy(tensor.view().data, dense.const_data_ptr(), tensor.bytes());
  model_.initializers.emplace(name, std::move(tensor));
  return name;
}

void OnnxBuilder::add_input(const std::string& name, DataType type, Integers sizes) {
  model_.inputs.push_back({name, type, open_batch(sizes)});
}

std::string OnnxBuilder::latent_input(const std::string& name, std::int64_t size) {
  add_input(name, DataType::float32, {size});
  return name;
}

std::string OnnxBuilder::label_input(const std::string& name) {
  add_input(name, DataType::int64, {});
  return name;
}

std::string OnnxBuilder::one_hot(const std::string& labels, std::int64_t classes, float on) {
  const std::string depth = constant("one_hot.depth", torch::tensor(classes, torch::kLong));
  const std::string values = constant("one_hot.values", torch::tensor({0.0F, on}));
  return add("OneHot", {labels, depth, values}, attributes(integer("axis", -1)));
}

std::string OnnxBuilder::concat(std::initializer_list<std::string> parts) {
  return add("Concat", parts, attributes(integer("axis", 1)));
}

std::string OnnxBuilder::reshape(const std::string& x, const Integers& sizes) {
  return add("Reshape", {x, constant(ganlet::concat("reshape_", model_.nodes.size(), ".sizes"),
                                     torch::tensor(sizes, torch::kLong))});
}

std::string OnnxBuilder::linear(const std::string& name, const std::string& x, const torch::nn::LinearImpl& layer) {
  std::vector<std::string> inputs{x, constant(name + ".weight", layer.weight)};
  if (layer.bias.defined())
    inputs.push_back(constant(name + ".bias", layer.bias));
  return add("Gemm", std::move(inputs), attributes(integer("transB", 1)));
}

std::string OnnxBuilder::linear(const std::string& name, const std::string& x, const torch::Tensor& weights) {
  return add("Gemm", {x, constant(name + ".weight", weights)}, attributes(integer("transB", 1)));
}

std::string OnnxBuilder::conv(const std::string& name, const std::string& x, const torch::nn::Conv2dImpl& layer) {
  std::vector<std::string> inputs{x, constant(name + ".weight", layer.weight)};
  if (layer.bias.defined())
    inputs.push_back(constant(name + ".bias", layer.bias));
  return add("Conv", std::move(inputs),
             attributes(integers("kernel_shape", list(layer.options.kernel_size())),
                        integers("strides", list(layer.options.stride())),
                        integers("pads", both_sides(std::get<torch::ExpandingArray<2>>(layer.options.padding()))),
                        integers("dilations", list(layer.options.dilation())),
                        integer("group", layer.options.groups())));
}

std::string OnnxBuilder::conv_transpose(const std::string& name, const std::string& x,
                                        const torch::nn::ConvTranspose2dImpl& layer) {
  std::vector<std::string> inputs{x, constant(name + ".weight", layer.weight)};
  if (layer.bias.defined())
    inputs.push_back(constant(name + ".bias", layer.bias));
  return add("ConvTranspose", std::move(inputs),
             attributes(integers("kernel_shape", list(layer.options.kernel_size())),
                        integers("strides", list(layer.options.stride())),
                        integers("pads", both_sides(std::get<torch::ExpandingArray<2>>(layer.options.padding()))),
                        integers("output_padding", list(layer.options.output_padding())),
                        integers("dilations", list(layer.options.dilation())),
                        integer("group", layer.options.groups())));
}

std::string OnnxBuilder::normalize(const std::string& name, const std::string& x, const Normalization& tensors,
                                   double epsilon) {
  return add("BatchNormalization",
             {x, constant(name + ".weight", tensors.weight), constant(name + ".bias", tensors.bias),
              constant(name + ".running_mean", tensors.running_mean),
              constant(name + ".running_var", tensors.running_var)},
             attributes(onnx::Attribute{"epsilon", static_cast<float>(epsilon)}));
}

std::string OnnxBuilder::relu(const std::string& x) {
  return add("Relu", {x});
}

std::string OnnxBuilder::leaky_relu(const std::string& x, double slope) {
  return add("LeakyRelu", {x}, attributes(onnx::Attribute{"alpha", static_cast<float>(slope)}));
}

std::string OnnxBuilder::tanh(const std::string& x) {
  return add("Tanh", {x});
}

std::string OnnxBuilder::gemm(const std::string& name, const std::string& x, const torch::Tensor& weight,
                              const torch::Tensor& bias) {
  std::vector<std::string> inputs{x, constant(name + ".weight", weight)};
  if (bias.defined())
    inputs.push_back(constant(name + ".bias", bias));
  return add("Gemm", std::move(inputs), attributes(integer("transB", 1)));
}

std::string OnnxBuilder::convolution(const std::string& op, const std::string& name, const std::string& x,
                                     const torch::Tensor& weight, const torch::Tensor& bias, std::int64_t stride,
                                     std::int64_t padding) {
  std::vector<std::string> inputs{x, constant(name + ".weight", weight)};
  if (bias.defined())
    inputs.push_back(constant(name + ".bias", bias));
  return add(op, std::move(inputs),
             attributes(integers("kernel_shape", {weight.size(2), weight.size(3)}),
                        integers("strides", {stride, stride}), integers("pads", Integers(4, padding))));
}

std::string OnnxBuilder::image_input(const std::string& name, const Integers& sizes) {
  add_input(name, DataType::float32, sizes);
  return name;
}

std::string OnnxBuilder::styles_input(const std::string& name, std::int64_t count, std::int64_t size) {
  add_input(name, DataType::float32, {count, size});
  return name;
}

std::string OnnxBuilder::gather(const std::string& x, std::int64_t index, std::int64_t axis) {
  return add(
      "Gather",
      {x, constant(ganlet::concat("gather_", model_.nodes.size(), ".index"), torch::tensor(index, torch::kLong))},
      attributes(integer("axis", axis)));
}

std::string OnnxBuilder::softmax(const std::string& x) {
  return add("Softmax", {x}, attributes(integer("axis", 1)));
}

std::string OnnxBuilder::slice(const std::string& x, std::int64_t axis, std::int64_t first, std::int64_t end) {
  const std::string name = ganlet::concat("slice_", model_.nodes.size());
  const auto whole = [&](const char* part, std::int64_t value) {
    return constant(name + part, torch::tensor({value}, torch::kLong));
  };
  return add("Slice", {x, whole(".first", first), whole(".end", end), whole(".axis", axis)});
}

std::string OnnxBuilder::reduce_mean(const std::string& x, std::int64_t axis) {
  return add("ReduceMean", {x}, attributes(integers("axes", {axis}), integer("keepdims", 1)));
}

std::string OnnxBuilder::doubled(const std::string& x) {
  const std::string scales =
      constant(ganlet::concat("resize_", model_.nodes.size(), ".scales"), torch::tensor({1.0F, 1.0F, 2.0F, 2.0F}));
  return add("Resize", {x, "", scales},
             attributes(onnx::Attribute{"mode", std::string("nearest")},
                        onnx::Attribute{"coordinate_transformation_mode", std::string("asymmetric")},
                        onnx::Attribute{"nearest_mode", std::string("floor")}));
}

std::string OnnxBuilder::clip(const std::string& x, double low, double high) {
  return add("Clip", {x, constant("clip.low", torch::tensor(static_cast<float>(low))),
                      constant("clip.high", torch::tensor(static_cast<float>(high)))});
}

onnx::Model OnnxBuilder::finish(const std::string& x, const std::string& output, const Integers& sizes) && {
  for (onnx::Node& node : model_.nodes)
    for (std::string& made : node.outputs)
      if (made == x)
        made = output;
  model_.outputs.push_back({output, DataType::float32, open_batch(sizes)});
  return std::move(model_);
}

} // namespace ganlet::train
