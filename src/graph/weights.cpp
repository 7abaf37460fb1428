#include "graph/weights.h"

#include <cmath>
#include <cstring>

#include "core/text.h"

namespace ganlet {

Tensor permuted(const Tensor& tensor, std::span<const int> permutation) {
  const int rank = tensor.shape().rank();
  std::array<std::int64_t, Shape::max_rank> stride{}, sizes{}, from_stride{};
  std::int64_t elements = 1;
  for (int axis = rank; axis-- > 0;) {
    stride[axis] = elements;
    elements *= tensor.shape()[axis];
  }
  for (int axis = 0; axis < rank; ++axis) {
    sizes[axis] = tensor.shape()[permutation[axis]];
    from_stride[axis] = stride[permutation[axis]];
  }
  const auto shape = Shape::make(std::span(sizes.data(), static_cast<std::size_t>(rank)), Limits{.tensor_elements = elements}, "");
  Tensor out(tensor.type(), *shape);
  out.scale = tensor.scale;
  const std::size_t width = bytes_of(tensor.type());
  const auto* from = static_cast<const std::byte*>(tensor.view().data);
  auto* to = static_cast<std::byte*>(out.view().data);
  std::array<std::int64_t, Shape::max_rank> at{};
  for (std::int64_t i = 0, offset = 0; i < elements; ++i) {
    std::memcpy(to + i * width, from + offset * width, width);
    for (int axis = rank; axis-- > 0;) {
      offset += from_stride[axis];
      if (++at[axis] < sizes[axis])
        break;
      offset -= from_stride[axis] * sizes[axis];
      at[axis] = 0;
    }
  }
  return out;
}

Tensor scaled_rows(const Tensor& weights, std::span<const float> factor) {
  Tensor out = weights.clone();
  const auto rows = static_cast<std::int64_t>(factor.size());
  const std::int64_t width = rows == 0 ? 0 : out.shape().elements() / rows;
  if (out.type() == DataType::float32) {
    const auto values = out.as<float>();
    for (std::int64_t i = 0; i < rows * width; ++i)
      values[i] *= factor[i / width];
    return out;
  }
  // Scales stay positive: the sign goes to the integers, whose range is symmetric once -128 has become -127.
  const auto values = out.as<std::int8_t>();
  for (std::int64_t row = 0; row < rows; ++row) {
    out.scale[row] *= std::fabs(factor[row]);
    if (factor[row] < 0)
      for (std::int64_t i = row * width; i < (row + 1) * width; ++i)
        values[i] = values[i] == -128 ? std::int8_t{127} : static_cast<std::int8_t>(-values[i]);
    // XNNPACK wants scales that are normal numbers; a row that is nothing is nothing at any scale.
    if (!(out.scale[row] >= 1e-30F)) {
      out.scale[row] = 1;
      std::fill_n(values.begin() + row * width, width, std::int8_t{0});
    }
  }
  return out;
}

Result<Tensor> linear_weights(Context& context, std::size_t index, int rank, int output_axis) {
  Builder& builder = context.builder;
  const Meaning& meaning = context.meaning(index);
  if (meaning.quantized_axis) {
    const Tensor& raw = *builder.constant_of(meaning.id);
    if (raw.shape().rank() != rank)
      return builder.error(concat("weights need rank ", rank, ", have shape ", raw.shape().text()));
    if (raw.scale.size() == 1 || *meaning.quantized_axis == output_axis) {
      Tensor out = raw.clone();
      if (raw.scale.size() == 1)
        out.scale.assign(static_cast<std::size_t>(raw.shape()[output_axis]), raw.scale[0]);
      return out;
    }
  }
  GANLET_TRY(const Tensor* constant, context.constant_input(index));
  if (constant->type() != DataType::float32)
    return builder.unsupported(concat("weights are ", name_of(constant->type()), ", only float32 and int8 are supported"));
  if (constant->shape().rank() != rank)
    return builder.error(concat("weights need rank ", rank, ", have shape ", constant->shape().text()));
  return constant->clone();
}

namespace {

template <typename Linear> bool is_unclamped(const op::Any& operation) {
  const auto* linear = std::get_if<Linear>(&operation);
  return linear && linear->clamp == op::Clamp{};
}

/// The linear node that makes x, perhaps seen through Reshapes, if nothing but what is being lowered reads it and it doesn't clamp yet.
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

} // namespace

Result<bool> fold_into_linear(Builder& builder, ValueId x, std::span<const float> factor, std::span<const float> offset) {
  const Node* node = unclamped_linear_behind(builder, x);
  if (!node)
    return false;
  const ValueId made = node->output;
  const Tensor& weights = *builder.constant_of(node->inputs[1]);
  const auto rows = static_cast<std::size_t>(weights.shape()[0]);
  const auto channels = factor.size();
  // A fully connected op may make whole images: its rows are then (row, column, channel), with the channel fastest.
  const bool same_last_axis = builder.shape(x).back() == builder.shape(made).back();
  const bool makes_images = std::holds_alternative<op::FullyConnected>(node->operation) && builder.value(x).channels_last;
  if (channels == 0 || rows % channels != 0 || (!same_last_axis && !makes_images))
    return false;
  std::vector<float> row_factor(rows);
  Tensor bias(DataType::float32, Shape{static_cast<std::int64_t>(rows)});
  const Tensor* old_bias = node->inputs.size() > 2 ? builder.constant_of(node->inputs[2]) : nullptr;
  for (std::size_t row = 0; row < rows; ++row) {
    row_factor[row] = factor[row % channels];
    bias.as<float>()[row] = (old_bias ? old_bias->as<float>()[row] : 0.0F) * row_factor[row] + offset[row % channels];
  }
  GANLET_TRY(const ValueId new_weights, builder.constant(scaled_rows(weights, row_factor)));
  GANLET_TRY(const ValueId new_bias, builder.constant(std::move(bias)));
  builder.producer(made)->inputs = {builder.producer(made)->inputs[0], new_weights, new_bias};
  return true;
}

bool clamp_linear(Builder& builder, ValueId x, op::Clamp clamp) {
  Node* node = unclamped_linear_behind(builder, x);
  if (!node)
    return false;
  std::visit(
      [&](auto& operation) {
        if constexpr (requires { operation.clamp; })
          operation.clamp = clamp;
      },
      node->operation);
  return true;
}

namespace {

/// Rows (axis 0) of a constant in another order, with their scales.
Tensor reordered_rows(const Tensor& tensor, std::span<const std::int64_t> order) {
  Tensor out = tensor.clone();
  const std::size_t width = order.empty() ? 0 : tensor.bytes() / order.size();
  const auto* from = static_cast<const std::byte*>(tensor.view().data);
  auto* to = static_cast<std::byte*>(out.view().data);
  for (std::size_t row = 0; row < order.size(); ++row) {
    std::memcpy(to + row * width, from + static_cast<std::size_t>(order[row]) * width, width);
    if (!tensor.scale.empty())
      out.scale[row] = tensor.scale[static_cast<std::size_t>(order[row])];
  }
  return out;
}

/// The constant operand of an elementwise op reordered like the columns of its other operand; no_value where its shape isn't (K) or
/// (1,K). A single element serves every column.
Result<ValueId> reordered_operand(Builder& builder, ValueId id, std::span<const std::int64_t> order) {
  const Tensor* constant = builder.constant_of(id);
  if (!constant)
    return no_value;
  if (constant->shape().elements() == 1)
    return id;
  if (constant->shape().elements() != static_cast<std::int64_t>(order.size()) || builder.shape(id).back().count != constant->shape().elements())
    return no_value;
  return builder.constant(reordered_rows(*constant, order));
}

} // namespace

Result<ValueId> with_reordered_columns(Builder& builder, ValueId x, std::span<const std::int64_t> order) {
  const Node* made_by = builder.producer(x);
  if (!made_by || builder.rank(x) != 2)
    return no_value;
  const op::Any operation = made_by->operation;
  std::vector<ValueId> inputs = made_by->inputs;
  if (std::holds_alternative<op::FullyConnected>(operation)) {
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      GANLET_TRY(inputs[i], builder.constant(reordered_rows(*builder.constant_of(inputs[i]), order)));
    }
  } else if (std::holds_alternative<op::Unary>(operation)) {
    GANLET_TRY(inputs[0], with_reordered_columns(builder, inputs[0], order));
  } else if (std::holds_alternative<op::Binary>(operation)) {
    for (ValueId& input : inputs) {
      const bool is_constant = builder.constant_of(input) != nullptr;
      GANLET_TRY(input, is_constant ? reordered_operand(builder, input, order) : with_reordered_columns(builder, input, order));
    }
  } else {
    return no_value;
  }
  for (const ValueId input : inputs)
    if (input == no_value)
      return no_value;
  return builder.emit(operation, std::move(inputs), builder.value(x).type, builder.shape(x));
}

} // namespace ganlet
