// The pass that changes linear operations: fully connected ones and convolutions (see passes.h).

#include <algorithm>
#include <optional>

#include "graph/passes.h"
#include "graph/weights.h"

namespace ganlet {

namespace {

template <typename Linear> bool is_unclamped(const op::Any& operation) {
  const auto* linear = std::get_if<Linear>(&operation);
  return linear && linear->clamp == op::Clamp{};
}

/// The linear node that makes x, looking through Reshapes, provided that only the current node reads it and that it
/// doesn't clamp yet; else null.
Node* unclamped_linear_behind(Builder& builder, ValueId x) {
  for (int uses = 0; builder.readers(x) <= 1 && builder.uses(x) <= uses; uses = 1) {
    Node* node = builder.producer(x);
    if (!node)
      return nullptr;
    if (is_unclamped<op::FullyConnected>(node->operation) || is_unclamped<op::Convolution>(node->operation) ||
        is_unclamped<op::TransposedConvolution>(node->operation))
      return node;
    if (!std::holds_alternative<op::Reshape>(node->operation))
      return nullptr;
    x = node->inputs[0];
  }
  return nullptr;
}

/// Folds y = x * factor[c] + offset[c], where c is the last axis in memory, into the linear op that makes x. False if
/// no op can take it: x has other readers, or its op already clamps, or has weights that the network computes.
Result<bool> fold_affine(Builder& builder, ValueId x, std::span<const float> factor, std::span<const float> offset) {
  const Node* node = unclamped_linear_behind(builder, x);
  if (!node)
    return false;
  const ValueId made = node->output;
  const Tensor* const weights = builder.constant_of(node->inputs[1]);
  if (!weights)
    return false;
  const auto rows = static_cast<std::size_t>(weights->shape()[0]);
  const auto channels = factor.size();
  // A fully connected op may make whole images; its rows are then (row, column, channel), with the channel varying
  // fastest.
  const bool same_last_axis = builder.shape(x).back() == builder.shape(made).back();
  const bool makes_images =
      std::holds_alternative<op::FullyConnected>(node->operation) && builder.value(x).channels_last;
  if (channels == 0 || rows % channels != 0 || (!same_last_axis && !makes_images))
    return false;
  std::vector<float> row_factor(rows);
  Tensor bias(DataType::float32, Shape{static_cast<std::int64_t>(rows)});
  const Tensor* old_bias = node->inputs.size() > 2 ? builder.constant_of(node->inputs[2]) : nullptr;
  for (std::size_t row = 0; row < rows; ++row) {
    row_factor[row] = factor[row % channels];
    bias.as<float>()[row] = (old_bias ? old_bias->as<float>()[row] : 0.0F) * row_factor[row] + offset[row % channels];
  }
  GANLET_TRY(const ValueId new_weights, builder.constant(scaled_rows(*weights, row_factor)));
  GANLET_TRY(const ValueId new_bias, builder.constant(std::move(bias)));
  builder.producer(made)->inputs = {builder.producer(made)->inputs[0], new_weights, new_bias};
  return true;
}

/// The operand of a sum or product by channel: one value for each element of x's last axis, if it is a constant of such
/// a shape; else empty.
std::optional<std::vector<float>> per_channel(const Builder& builder, ValueId id, std::int64_t channels) {
  const Tensor* constant = builder.constant_of(id);
  if (!constant || constant->type() != DataType::float32)
    return std::nullopt;
  const auto values = constant->as<float>();
  if (values.size() == 1)
    return std::vector<float>(static_cast<std::size_t>(channels), values[0]);
  if (constant->shape().elements() != channels || constant->shape()[constant->shape().rank() - 1] != channels)
    return std::nullopt;
  return std::vector<float>(values.begin(), values.end());
}

Result<bool> fold_operand(Builder& builder, op::BinaryKind kind, ValueId x, ValueId operand) {
  if (builder.constant_of(x) || builder.rank(x) < 2 || builder.shape(x).back().per_batch ||
      builder.rank(operand) > builder.rank(x))
    return false;
  const std::int64_t channels = builder.shape(x).back().count;
  const auto values = per_channel(builder, operand, channels);
  if (!values)
    return false;
  const auto count = static_cast<std::size_t>(channels);
  return kind == op::BinaryKind::add ? fold_affine(builder, x, std::vector<float>(count, 1), *values)
                                     : fold_affine(builder, x, *values, std::vector<float>(count, 0));
}

/// Whether images x are multiplied by one computed number per channel, as styles do.
bool is_modulated(Builder& builder, ValueId x) {
  const Node* made_by = builder.producer(x);
  while (made_by && std::holds_alternative<op::Transpose>(made_by->operation))
    made_by = builder.producer(made_by->inputs[0]);
  const auto* binary = made_by ? std::get_if<op::Binary>(&made_by->operation) : nullptr;
  return binary && binary->kind == op::BinaryKind::multiply &&
         std::ranges::any_of(made_by->inputs, [&builder](ValueId id) {
           const SymbolicShape sizes = file_shape(builder.value(id));
           return !builder.constant_of(id) && sizes.size() == 4 && sizes[2] == Dim{1, false} &&
                  sizes[3] == Dim{1, false};
         });
}

bool is_convolution(const op::Any& operation) {
  return std::holds_alternative<op::Convolution>(operation) ||
         std::holds_alternative<op::TransposedConvolution>(operation);
}

/// Lets the linear op that makes x clamp its output, if it can; true if it does.
bool clamps_linear(Builder& builder, const op::Unary& clamp, ValueId x) {
  if (clamp.kind != op::UnaryKind::clamp || !(clamp.a <= clamp.b))
    return false;
  Node* node = unclamped_linear_behind(builder, x);
  if (!node)
    return false;
  std::visit(
      [&](auto& operation) {
        if constexpr (requires { operation.clamp; })
          operation.clamp = {clamp.a, clamp.b};
      },
      node->operation);
  return true;
}

class FoldIntoLinear final : public Pass {
 public:
  FoldIntoLinear(const Graph& graph, const Preferences& prefers) : graph_(graph), prefers_(prefers) {}

  Result<ValueId> rewrite(Builder& builder, const Node& node, std::vector<ValueId> inputs) override {
    if (const auto* binary = std::get_if<op::Binary>(&node.operation)) {
      const bool folds = graph_.values[node.output].type == DataType::float32 &&
                         (binary->kind == op::BinaryKind::add || binary->kind == op::BinaryKind::multiply);
      for (std::size_t i = 0; folds && i < 2; ++i) {
        GANLET_TRY(const bool folded, fold_operand(builder, binary->kind, inputs[i], inputs[1 - i]));
        if (folded)
          return inputs[i];
      }
    } else if (const auto* unary = std::get_if<op::Unary>(&node.operation)) {
      if (prefers_.folded_clamps && clamps_linear(builder, *unary, inputs[0]))
        return inputs[0];
    } else if (prefers_.float_behind_modulation && is_convolution(node.operation)) {
      if (const Tensor* weights = builder.constant_of(inputs[1]);
          weights && weights->type() == DataType::int8 && is_modulated(builder, inputs[0])) {
        GANLET_TRY(inputs[1], builder.constant(dequantized(*weights, 0)));
      }
    }
    const Value& output = graph_.values[node.output];
    return builder.emit(node.operation, std::move(inputs), output.type, output.shape, output.channels_last);
  }

 private:
  const Graph& graph_;
  const Preferences& prefers_;
};

} // namespace

Result<Graph> fold_into_linear(Graph graph, const LowerOptions& options, Budget& budget) {
  FoldIntoLinear pass(graph, options.prefers);
  return rewritten(graph, options, budget, pass);
}

} // namespace ganlet
