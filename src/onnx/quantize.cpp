#include "onnx/quantize.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/text.h"
#include "onnx/rewrite.h"

namespace ganlet::onnx {

namespace {

/// The sizes of weights seen as (before the axis, the axis, after it).
struct Extents {
  std::int64_t outer = 1, channels = 1, inner = 1;
};

Extents extents_of(const Shape& shape, int axis) {
  Extents extents;
  for (int a = 0; a < shape.rank(); ++a)
    (a < axis ? extents.outer : a == axis ? extents.channels : extents.inner) *= shape[a];
  return extents;
}

template <typename Visit> void for_each_weight(const Extents& extents, const Visit& visit) {
  std::size_t at = 0;
  for (std::int64_t i = 0; i < extents.outer; ++i)
    for (std::int64_t channel = 0; channel < extents.channels; ++channel)
      for (std::int64_t k = 0; k < extents.inner; ++k)
        visit(at++, static_cast<std::size_t>(channel));
}

struct Quantized {
  Tensor integers;
  Tensor scale;
};

/// Quantizes each channel with its own scale. Errors: invalid_argument if a weight isn't finite.
Result<Quantized> quantized(const Tensor& weights, int axis, std::string_view name) {
  constexpr float most = 127;
  constexpr float least_scale = 1e-30F; ///< channels with a smaller maximum are treated as zero
  const Extents extents = extents_of(weights.shape(), axis);
  const auto values = weights.as<float>();
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
    return fail(ErrorCode::invalid_argument, concat("graph.initializer '", printable(name), "'"),
                "holds a weight that is not finite");

  Quantized out{Tensor(DataType::int8, weights.shape()), Tensor(DataType::float32, Shape{extents.channels})};
  const auto scale = out.scale.as<float>();
  for_each_weight(extents, [&](std::size_t at, std::size_t channel) {
    scale[channel] = std::max(scale[channel], std::fabs(values[at]));
  });
  for (float& value : scale)
    value = value / most < least_scale ? 1 : value / most;
  const auto integers = out.integers.as<std::int8_t>();
  for_each_weight(extents, [&](std::size_t at, std::size_t channel) {
    integers[at] = static_cast<std::int8_t>(std::clamp(std::round(values[at] / scale[channel]), -most, most));
  });
  return out;
}

/// What a network multiplies by numbers of its own before a convolution reads it as weights, as in StyleGAN2 (Karras et
/// al. 2020, section 2.2): constants (1,O,I,rows,columns), or (O,I,rows,columns).
class ModulatedWeights {
 public:
  explicit ModulatedWeights(const Model& model) : model_(model) {
    for (const Node& node : model.nodes)
      for (const std::string& output : node.outputs)
        producers_.emplace(output, &node);
    for (const Node& node : model.nodes)
      if ((node.op_type == "Conv" || node.op_type == "ConvTranspose") && node.inputs.size() > 1)
        collect(node.inputs[1], deepest);
  }

  /// How often such products read a weight, by its name.
  const std::map<std::string, int>& reads() const { return reads_; }
  static int axis_of(const Tensor& weight) { return weight.shape().rank() - 4; }

 private:
  static constexpr int deepest = 8;

  void collect(const std::string& name, int depth) {
    const auto found = producers_.find(name);
    if (found == producers_.end() || depth == 0 || !seen_.insert(name).second)
      return;
    const Node& node = *found->second;
    const bool is_product = node.op_type == "Mul";
    if (!is_product && node.op_type != "Reshape" && node.op_type != "Transpose" && node.op_type != "Unsqueeze")
      return;
    for (std::size_t i = 0; i < node.inputs.size() && i < (is_product ? 2 : 1); ++i) {
      const auto constant = model_.initializers.find(node.inputs[i]);
      if (constant == model_.initializers.end())
        collect(node.inputs[i], depth - 1);
      else if (is_weight(constant->second))
        ++reads_[node.inputs[i]];
    }
  }

  /// Not a factor of the channels.
  static bool is_weight(const Tensor& tensor) {
    const int axis = axis_of(tensor);
    const Shape& shape = tensor.shape();
    const bool has_axes = axis == 0 || (axis == 1 && shape[0] == 1);
    return has_axes && tensor.type() == DataType::float32 && shape.elements() > shape[axis] &&
           shape.elements() > shape[axis + 1];
  }

  const Model& model_;
  std::map<std::string, const Node*> producers_;
  std::set<std::string> seen_;
  std::map<std::string, int> reads_;
};

/// The weights to quantize, each with its axis of output channels: those that only linear nodes read, all along the
/// same axis, and those of modulated convolutions.
std::map<std::string, int> weights_of(Model& model) {
  std::map<std::string, int> axes;
  std::map<std::string, int> linear_readers = ModulatedWeights(model).reads();
  for (const auto& [name, reads] : linear_readers)
    axes.emplace(name, ModulatedWeights::axis_of(model.initializers.at(name)));
  for (const Node& node : model.nodes) {
    const Tensor* weights = initializer_at(model, node, 1);
    const auto axis = weights ? output_axis(node, weights->shape()) : std::nullopt;
    if (!axis || weights->type() != DataType::float32 || weights->shape().elements() == 0)
      continue;
    if (axes.emplace(node.inputs[1], *axis).first->second == *axis)
      ++linear_readers[node.inputs[1]];
  }
  const auto readers = count_readers(model);
  std::erase_if(axes, [&](const auto& entry) { return readers.at(entry.first) != linear_readers[entry.first]; });
  return axes;
}

/// Replaces the initializer `name` by its int8 form, and returns the node that computes `name` from that.
Result<Node> dequantizing_node(Model& model, ValueNames& names, const std::string& name, int axis) {
  GANLET_TRY(Quantized parts, quantized(model.initializers.at(name), axis, name));
  const std::string integers = names.unused(name + ".int8"), scale = names.unused(name + ".scale");
  model.initializers.erase(name);
  model.initializers.emplace(integers, std::move(parts.integers));
  model.initializers.emplace(scale, std::move(parts.scale));
  Node node{"DequantizeLinear", name, {integers, scale}, {name}, {}};
  node.attributes.push_back({"axis", std::int64_t{axis}});
  return node;
}

} // namespace

Result<Model> quantize(Model model) {
  fold_batch_normalization(model);
  balance_channels(model);
  auto weights = weights_of(model);
  if (weights.empty())
    return fail(ErrorCode::invalid_argument, "graph",
                "has no float32 weights of Conv, ConvTranspose, Gemm or MatMul to quantize");
  ValueNames names(model);
  std::vector<Node> nodes;
  for (Node& node : model.nodes) {
    for (const std::string& input : node.inputs)
      if (const auto found = weights.find(input); found != weights.end()) {
        GANLET_TRY(Node dequantizing, dequantizing_node(model, names, found->first, found->second));
        nodes.push_back(std::move(dequantizing));
        weights.erase(found);
      }
    nodes.push_back(std::move(node));
  }
  model.nodes = std::move(nodes);
  return model;
}

} // namespace ganlet::onnx
