#include <algorithm>
#include <cmath>

#include "onnx/quantize.h"
#include "onnx/rewrite.h"

namespace ganlet::onnx {

namespace {

/// Only convolutions with so few outputs are balanced. A scale for an output channel serves all its inputs; with many
/// outputs, the differences average out.
constexpr std::int64_t most_outputs = 4;
/// A channel is multiplied with a factor between 1 / most_factor and most_factor.
constexpr float most_factor = 1000;

bool is_ungrouped_convolution(const Node& node) {
  return (node.op_type == "Conv" || node.op_type == "ConvTranspose") && integer_or(node, "group", 1) == 1;
}

/// Visits weights as (before the axis, the axis, after it): each value with its index along the axis.
template <typename Visit> void for_each_along(Tensor& weights, int axis, const Visit& visit) {
  std::int64_t inner = 1;
  for (int a = axis + 1; a < weights.shape().rank(); ++a)
    inner *= weights.shape()[a];
  const std::int64_t size = weights.shape()[axis];
  for (std::int64_t at = 0; float& value : weights.as<float>())
    visit(static_cast<std::size_t>(at++ / inner % size), value);
}

class Balancer {
 public:
  explicit Balancer(Model& model) : model_(model), readers_(count_readers(model)) {}

  void run() {
    for (const Node& node : model_.nodes)
      if (is_ungrouped_convolution(node))
        balance(node);
  }

 private:
  /// The float weights of a convolution, if nothing else reads them; else null.
  Tensor* weights_of(const Node& node) {
    Tensor* weights = initializer_at(model_, node, 1);
    const bool usable = weights && weights->type() == DataType::float32 && weights->shape().rank() > 2 &&
                        weights->shape().elements() > 0 && readers_[node.inputs[1]] == 1;
    return usable ? weights : nullptr;
  }

  /// The node that makes `value`, if `value` is read only once; else null.
  const Node* sole_maker(const std::string& value) {
    const auto found =
        std::ranges::find_if(model_.nodes, [&](const Node& node) { return node.outputs == std::vector{value}; });
    return found == model_.nodes.end() || readers_[value] != 1 ? nullptr : &*found;
  }

  void balance(const Node& second) {
    Tensor* const weights = weights_of(second);
    const Node* first = weights ? sole_maker(second.inputs[0]) : nullptr;
    if (first && (first->op_type == "Relu" || first->op_type == "LeakyRelu") && !first->inputs.empty())
      first = sole_maker(first->inputs[0]);
    Tensor* const earlier = first && is_ungrouped_convolution(*first) ? weights_of(*first) : nullptr;
    if (!earlier)
      return;
    const auto outputs_at = output_axis(second, weights->shape()), earlier_at = output_axis(*first, earlier->shape());
    if (!outputs_at || !earlier_at)
      return;
    const int outputs = *outputs_at, inputs = 1 - outputs, axis = *earlier_at;
    const auto channels = static_cast<std::size_t>(weights->shape()[inputs]);
    const bool has_bias = first->inputs.size() > 2 && !first->inputs[2].empty();
    Tensor* const bias = has_bias ? initializer_at(model_, *first, 2) : nullptr;
    const bool bias_fits = bias && bias->type() == DataType::float32 && readers_[first->inputs[2]] == 1 &&
                           bias->shape() == Shape{weights->shape()[inputs]};
    if (weights->shape()[outputs] > most_outputs || earlier->shape()[axis] != weights->shape()[inputs] ||
        (has_bias && !bias_fits))
      return;
    const std::vector<float> factor = factors(*weights, inputs, channels);
    for_each_along(*weights, inputs, [&](std::size_t channel, float& value) { value /= factor[channel]; });
    for_each_along(*earlier, axis, [&](std::size_t channel, float& value) { value *= factor[channel]; });
    if (bias)
      for_each_along(*bias, 0, [&](std::size_t channel, float& value) { value *= factor[channel]; });
  }

  /// Each channel's largest absolute weight divided by the geometric mean of all channels' largest weights.
  static std::vector<float> factors(Tensor& weights, int axis, std::size_t channels) {
    std::vector<float> largest(channels);
    for_each_along(weights, axis, [&](std::size_t channel, float value) {
      largest[channel] = std::max(largest[channel], std::fabs(value));
    });
    double logarithms = 0;
    std::size_t used = 0;
    for (const float value : largest)
      if (value > 0 && std::isfinite(value)) {
        logarithms += std::log(value);
        ++used;
      }
    const auto mean = static_cast<float>(std::exp(used == 0 ? 0 : logarithms / static_cast<double>(used)));
    for (float& value : largest)
      value = value > 0 && std::isfinite(value) ? std::clamp(value / mean, 1 / most_factor, most_factor) : 1;
    return largest;
  }

  Model& model_;
  std::map<std::string, int> readers_;
};

} // namespace

void balance_channels(Model& model) {
  Balancer(model).run();
}

} // namespace ganlet::onnx
