#include <algorithm>
#include <cmath>

#include "core/checked.h"
#include "onnx/batch_normalization.h"
#include "onnx/quantize.h"
#include "onnx/rewrite.h"

namespace ganlet::onnx {

namespace {

std::optional<Normalization> normalization_of(Model& model, const Node& node) {
  if (integer_or(node, "training_mode", 0) != 0 || node.outputs.size() != 1)
    return std::nullopt;
  std::span<const float> parameters[4]; // scale, bias, mean, variance
  for (std::size_t i = 0; i < 4; ++i) {
    const Tensor* tensor = initializer_at(model, node, i + 1);
    if (!tensor || tensor->type() != DataType::float32 || tensor->shape().rank() != 1)
      return std::nullopt;
    parameters[i] = tensor->as<float>();
    if (parameters[i].size() != parameters[0].size())
      return std::nullopt;
  }
  const AttributeValue* given = node.find("epsilon");
  const float epsilon = given && std::holds_alternative<float>(*given) ? std::get<float>(*given) : 1e-5F;
  Normalization out = normalization(parameters[0], parameters[1], parameters[2], parameters[3], epsilon);
  const auto is_finite = [](float value) { return std::isfinite(value); };
  if (!std::ranges::all_of(out.factor, is_finite) || !std::ranges::all_of(out.offset, is_finite))
    return std::nullopt;
  return out;
}

class Folder {
 public:
  explicit Folder(Model& model) : model_(model), names_(model), readers_(count_readers(model)) {
    for (std::size_t i = 0; i < model.nodes.size(); ++i)
      for (const std::string& output : model.nodes[i].outputs)
        makers_[output] = i;
  }

  void run() {
    for (Node& node : model_.nodes)
      if (node.op_type == "BatchNormalization" && fold(node))
        node.outputs.clear(); // marks it as removed
    std::erase_if(model_.nodes, [](const Node& node) { return node.outputs.empty(); });
  }

 private:
  /// The node that makes `value`, if `value` is read only once; else null.
  Node* sole_maker(const std::string& value) {
    const auto found = makers_.find(value);
    return found == makers_.end() || readers_[value] != 1 ? nullptr : &model_.nodes[found->second];
  }

  bool fold(const Node& batch_normalization) {
    const auto normalization = normalization_of(model_, batch_normalization);
    Node* before = normalization ? sole_maker(batch_normalization.inputs[0]) : nullptr;
    if (!before)
      return false;
    Node* linear = before;
    std::int64_t columns = 1; ///< of the linear node for each channel
    if (before->op_type == "Reshape") {
      const auto pixels = pixels_of_channel(*before, static_cast<std::int64_t>(normalization->factor.size()));
      linear = pixels ? sole_maker(before->inputs[0]) : nullptr;
      if (!linear || (linear->op_type != "Gemm" && linear->op_type != "MatMul"))
        return false;
      columns = *pixels;
    }
    if (!fold_into(*linear, *normalization, columns))
      return false;
    makers_[batch_normalization.outputs[0]] = static_cast<std::size_t>(before - model_.nodes.data());
    before->outputs[0] = batch_normalization.outputs[0];
    return true;
  }

  /// H * W, if a Reshape turns (N, C H W) into (N,C,H,W).
  std::optional<std::int64_t> pixels_of_channel(const Node& reshape, std::int64_t channels) {
    const Tensor* to = initializer_at(model_, reshape, 1);
    if (!to || to->type() != DataType::int64 || to->shape().rank() != 1 || to->shape()[0] < 2)
      return std::nullopt;
    const auto sizes = to->as<std::int64_t>();
    std::int64_t pixels = 1;
    for (const std::int64_t size : sizes.subspan(2)) {
      const auto product = checked_multiply(pixels, size);
      if (size < 1 || !product)
        return std::nullopt;
      pixels = *product;
    }
    return sizes[1] == channels ? std::optional(pixels) : std::nullopt;
  }

  /// Whether a value is certainly a matrix, which Gemm needs and MatMul doesn't.
  bool is_matrix(std::string value) {
    for (;;) {
      for (const ValueInfo& input : model_.inputs)
        if (input.name == value)
          return input.shape && input.shape->size() == 2;
      const auto found = makers_.find(value);
      if (found == makers_.end())
        return false;
      const Node& node = model_.nodes[found->second];
      if (node.op_type == "Gemm" || node.op_type == "Flatten")
        return true;
      if (node.op_type == "Reshape") {
        const Tensor* to = initializer_at(model_, node, 1);
        return to && to->shape() == Shape{2};
      }
      const bool keeps_rank = node.op_type == "Relu" || node.op_type == "LeakyRelu" || node.op_type == "Tanh" ||
                              node.op_type == "Concat" || node.op_type == "BatchNormalization";
      if (!keeps_rank || node.inputs.empty())
        return false;
      value = node.inputs[0];
    }
  }

  /// Column o of a linear node's output belongs to channel o / columns. False, without a change, if the node can't take
  /// the normalization.
  bool fold_into(Node& linear, const Normalization& normalization, std::int64_t columns) {
    Tensor* weights = initializer_at(model_, linear, 1);
    if (!weights || weights->type() != DataType::float32 || readers_[linear.inputs[1]] != 1)
      return false;
    const auto axis = output_axis(linear, weights->shape());
    const std::int64_t groups = linear.op_type == "ConvTranspose" ? integer_or(linear, "group", 1) : 1;
    if (!axis || groups < 1 || (linear.op_type == "ConvTranspose" && weights->shape()[0] % groups != 0))
      return false;
    if (linear.op_type == "MatMul" && !is_matrix(linear.inputs[0]))
      return false;
    const std::int64_t outputs = weights->shape()[*axis] * groups;
    auto bias = bias_of(linear, outputs);
    if (!bias || outputs != checked_multiply(static_cast<std::int64_t>(normalization.factor.size()), columns))
      return false;
    scale_weights(*weights, *axis, groups, normalization.factor, columns);
    for (std::size_t o = 0; float& value : bias->as<float>()) {
      const std::size_t channel = o++ / static_cast<std::size_t>(columns);
      value = value * normalization.factor[channel] + normalization.offset[channel];
    }
    set_bias(linear, std::move(*bias));
    return true;
  }

  /// The bias that is added, one value per output; zeros if the node has none. Empty if the bias isn't known.
  std::optional<Tensor> bias_of(const Node& linear, std::int64_t outputs) {
    Tensor bias(DataType::float32, Shape{outputs});
    if (linear.inputs.size() < 3 || linear.inputs[2].empty())
      return bias;
    const Tensor* given = initializer_at(model_, linear, 2);
    if (!given || given->type() != DataType::float32 || given->shape().elements() != outputs)
      return std::nullopt;
    if (given->shape().rank() == 2 && given->shape()[0] != 1)
      return std::nullopt; // Gemm's may be a column: one value per row
    const AttributeValue* attribute = linear.op_type == "Gemm" ? linear.find("beta") : nullptr;
    const float beta = attribute && std::holds_alternative<float>(*attribute) ? std::get<float>(*attribute) : 1;
    for (std::size_t o = 0; float& value : bias.as<float>())
      value = given->as<float>()[o++] * beta;
    return bias;
  }

  /// Scales weights seen as (before the axis, the axis, after it): element (i, o, k) belongs to output o of the group
  /// of i.
  static void scale_weights(Tensor& weights, int axis, std::int64_t groups, std::span<const float> factor,
                            std::int64_t columns) {
    const auto sizes = weights.shape().sizes();
    std::int64_t outer = 1, inner = 1;
    for (int a = 0; a < weights.shape().rank(); ++a)
      (a < axis ? outer : inner) *= a == axis ? 1 : sizes[static_cast<std::size_t>(a)];
    const std::int64_t outputs = weights.shape()[axis];
    float* value = weights.as<float>().data();
    for (std::int64_t i = 0; i < outer; ++i)
      for (std::int64_t o = 0; o < outputs; ++o) {
        const std::int64_t output = i * groups / outer * outputs + o;
        for (std::int64_t k = 0; k < inner; ++k)
          *value++ *= factor[static_cast<std::size_t>(output / columns)];
      }
  }

  void set_bias(Node& linear, Tensor bias) {
    const std::string name = names_.unused(linear.inputs[1] + ".folded_bias");
    linear.inputs.resize(3);
    linear.inputs[2] = name;
    readers_[name] = 1;
    model_.initializers.emplace(name, std::move(bias));
    if (linear.op_type == "MatMul")
      linear.op_type = "Gemm";
    std::erase_if(linear.attributes, [](const Attribute& attribute) { return attribute.name == "beta"; });
  }

  Model& model_;
  ValueNames names_;
  std::map<std::string, int> readers_;
  std::map<std::string, std::size_t> makers_;
};

} // namespace

void fold_batch_normalization(Model& model) {
  constants_to_initializers(model);
  Folder(model).run();
  drop_unread_initializers(model);
}

} // namespace ganlet::onnx
