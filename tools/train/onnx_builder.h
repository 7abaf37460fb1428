#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "onnx/model.h"
#include "torch_all.h"

namespace ganlet::train {

/// Writes a trained network down as an ONNX graph (opset 17), layer by layer. Each function adds one node and gives the
/// name of its output; `name` becomes part of its initializers' names, as in a state dict: `t1.weight`. Weights are
/// copied in float32.
class OnnxBuilder {
 public:
  OnnxBuilder();

  /// float (N, size)
  std::string latent_input(const std::string& name, std::int64_t size);
  /// int64 (N)
  std::string label_input(const std::string& name);
  /// float (N, classes) with 1 at each label
  std::string one_hot(const std::string& labels, std::int64_t classes);
  /// Along axis 1.
  std::string concat(std::initializer_list<std::string> parts);
  std::string reshape(const std::string& x, const std::vector<std::int64_t>& sizes);
  std::string linear(const std::string& name, const std::string& x, const torch::nn::LinearImpl& layer);
  std::string conv(const std::string& name, const std::string& x, const torch::nn::Conv2dImpl& layer);
  std::string conv_transpose(const std::string& name, const std::string& x,
                             const torch::nn::ConvTranspose2dImpl& layer);
  /// With its running statistics.
  std::string batch_norm(const std::string& name, const std::string& x, const torch::nn::BatchNorm2dImpl& layer);
  std::string relu(const std::string& x);
  std::string tanh(const std::string& x);

  /// The whole graph, whose output is x under the name `output`, float (N, sizes...).
  onnx::Model finish(const std::string& x, const std::string& output, const std::vector<std::int64_t>& sizes) &&;

 private:
  std::string add(const std::string& op, std::vector<std::string> inputs, std::vector<onnx::Attribute> with = {});
  std::string constant(const std::string& name, const torch::Tensor& values);
  void add_input(const std::string& name, DataType type, std::vector<std::int64_t> sizes);

  onnx::Model model_;
};

} // namespace ganlet::train
