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
  /// float (N, classes) with `on` at each label
  std::string one_hot(const std::string& labels, std::int64_t classes, float on = 1);
  /// Along axis 1.
  std::string concat(std::initializer_list<std::string> parts);
  std::string reshape(const std::string& x, const std::vector<std::int64_t>& sizes);
  std::string linear(const std::string& name, const std::string& x, const torch::nn::LinearImpl& layer);
  /// x (N, I) times weights (O, I)
  std::string linear(const std::string& name, const std::string& x, const torch::Tensor& weights);
  std::string conv(const std::string& name, const std::string& x, const torch::nn::Conv2dImpl& layer);
  std::string conv_transpose(const std::string& name, const std::string& x,
                             const torch::nn::ConvTranspose2dImpl& layer);
  /// With its running statistics, of features (N, C) or maps (N, C, H, W).
  template <std::size_t D, typename Norm>
  std::string batch_norm(const std::string& name, const std::string& x,
                         const torch::nn::BatchNormImplBase<D, Norm>& layer) {
    return normalize(name, x, {layer.weight, layer.bias, layer.running_mean, layer.running_var}, layer.options.eps());
  }
  std::string relu(const std::string& x);
  std::string leaky_relu(const std::string& x, double slope);
  std::string tanh(const std::string& x);
  /// Along axis 1.
  std::string softmax(const std::string& x);

  /// The whole graph, whose output is x under the name `output`, float (N, sizes...).
  onnx::Model finish(const std::string& x, const std::string& output, const std::vector<std::int64_t>& sizes) &&;

  /// For layers of a family's own, whose weights may be scaled on the way. Without bias where that is undefined.
  std::string gemm(const std::string& name, const std::string& x, const torch::Tensor& weight,
                   const torch::Tensor& bias);
  /// `op` is Conv or ConvTranspose.
  std::string convolution(const std::string& op, const std::string& name, const std::string& x,
                          const torch::Tensor& weight, const torch::Tensor& bias, std::int64_t stride,
                          std::int64_t padding);
  /// float (N, sizes...)
  std::string image_input(const std::string& name, const std::vector<std::int64_t>& sizes);
  /// float (N, count, size)
  std::string styles_input(const std::string& name, std::int64_t count, std::int64_t size);
  /// Index `index` of an axis, which goes.
  std::string gather(const std::string& x, std::int64_t index, std::int64_t axis);
  /// Indices `first` to `end` (exclusive) of an axis.
  std::string slice(const std::string& x, std::int64_t axis, std::int64_t first, std::int64_t end);
  /// Over an axis, which stays with size 1.
  std::string reduce_mean(const std::string& x, std::int64_t axis);
  /// Each pixel four times.
  std::string doubled(const std::string& x);
  std::string clip(const std::string& x, double low, double high);
  /// A node of operation `op`.
  std::string add(const std::string& op, std::vector<std::string> inputs, std::vector<onnx::Attribute> with = {});
  /// An initializer: float32 or int64 values.
  std::string constant(const std::string& name, const torch::Tensor& values);

 private:
  struct Normalization {
    torch::Tensor weight, bias, running_mean, running_var;
  };
  std::string normalize(const std::string& name, const std::string& x, const Normalization& tensors, double epsilon);
  void add_input(const std::string& name, DataType type, std::vector<std::int64_t> sizes);

  onnx::Model model_;
};

} // namespace ganlet::train
