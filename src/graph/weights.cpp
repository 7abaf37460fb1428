#include "graph/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

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
  Tensor out(tensor.type(), Shape(std::span(sizes.data(), static_cast<std::size_t>(rank))));
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

Tensor dequantized(const Tensor& weights, int axis) {
  std::int64_t inner = 1;
  for (int a = axis + 1; a < weights.shape().rank(); ++a)
    inner *= weights.shape()[a];
  const auto channels = static_cast<std::int64_t>(weights.scale.size());
  Tensor out(DataType::float32, weights.shape());
  const auto from = weights.as<std::int8_t>();
  const auto to = out.as<float>();
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] = static_cast<float>(from[i]) *
            weights.scale[channels == 1 ? 0 : (static_cast<std::int64_t>(i) / inner) % channels];
  return out;
}

namespace {

/// Whether int8 rows times their factors are int8 rows with other scales.
bool scales_take(const Tensor& weights, std::span<const float> factor) {
  const auto values = weights.as<std::int8_t>();
  const std::size_t width = factor.empty() ? 0 : values.size() / factor.size();
  for (std::size_t row = 0; row < factor.size(); ++row)
    if (!std::isfinite(weights.scale[row] * factor[row]) ||
        (factor[row] < 0 && std::ranges::count(values.subspan(row * width, width), std::int8_t{-128}) > 0))
      return false;
  return true;
}

} // namespace

Tensor scaled_rows(const Tensor& weights, std::span<const float> factor) {
  if (weights.type() == DataType::int8 && !scales_take(weights, factor))
    return scaled_rows(dequantized(weights, 0), factor);
  Tensor out = weights.clone();
  const auto rows = static_cast<std::int64_t>(factor.size());
  const std::int64_t width = rows == 0 ? 0 : out.shape().elements() / rows;
  if (out.type() == DataType::float32) {
    const auto values = out.as<float>();
    for (std::int64_t i = 0; i < rows * width; ++i)
      values[i] *= factor[i / width];
    return out;
  }
  // Scales stay positive: the sign goes to the integers.
  const auto values = out.as<std::int8_t>();
  for (std::int64_t row = 0; row < rows; ++row) {
    out.scale[row] *= std::fabs(factor[row]);
    if (factor[row] < 0)
      for (std::int64_t i = row * width; i < (row + 1) * width; ++i)
        values[i] = static_cast<std::int8_t>(-values[i]);
    // XNNPACK wants scales that are normal numbers; an all-zero row stays zero under any scale.
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
    return builder.unsupported(
        concat("weights are ", name_of(constant->type()), ", only float32 and int8 are supported"));
  if (constant->shape().rank() != rank)
    return builder.error(concat("weights need rank ", rank, ", have shape ", constant->shape().text()));
  return constant->clone();
}

namespace {

template <typename Linear> bool is_unclamped(const op::Any& operation) {
  const auto* linear = std::get_if<Linear>(&operation);
  return linear && linear->clamp == op::Clamp{};
}

/// The linear node that makes x, perhaps seen through Reshapes, if nothing but what is being lowered reads it and it
/// doesn't clamp yet.
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

Result<bool> fold_into_linear(Builder& builder, ValueId x, std::span<const float> factor,
                              std::span<const float> offset) {
  const Node* node = unclamped_linear_behind(builder, x);
  if (!node)
    return false;
  const ValueId made = node->output;
  const Tensor& weights = *builder.constant_of(node->inputs[1]);
  const auto rows = static_cast<std::size_t>(weights.shape()[0]);
  const auto channels = factor.size();
  // A fully connected op may make whole images: its rows are then (row, column, channel), with the channel fastest.
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

/// The constant operand of an elementwise op reordered like the columns of its other operand; no_value where its shape
/// isn't (K) or (1,K). A single element serves every column.
Result<ValueId> reordered_operand(Builder& builder, ValueId id, std::span<const std::int64_t> order) {
  const Tensor* constant = builder.constant_of(id);
  if (!constant)
    return no_value;
  if (constant->shape().elements() == 1)
    return id;
  if (constant->shape().elements() != static_cast<std::int64_t>(order.size()) ||
      builder.shape(id).back().count != constant->shape().elements())
    return no_value;
  return builder.constant(reordered_rows(*constant, order));
}

/// Elementwise ops that are looked through at most: more are no one's network, and each is a call deeper.
constexpr int deepest = 16;

/// The operand of an elementwise op that isn't a constant, where there is exactly one.
std::optional<std::size_t> only_variable(const Builder& builder, const Node& node) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (builder.constant_of(node.inputs[i]))
      continue;
    if (found)
      return std::nullopt;
    found = i;
  }
  return found;
}

bool is_elementwise(const op::Any& operation) {
  return std::holds_alternative<op::Unary>(operation) || std::holds_alternative<op::Binary>(operation);
}

/// x, of shape (M,K) and made by a fully connected op and elementwise ops with constants, with its K columns in another
/// order: column k is the old column order[k]. no_value where x was made otherwise.
Result<ValueId> with_reordered_columns(Builder& builder, ValueId x, std::span<const std::int64_t> order, int depth) {
  const Node* made_by = builder.producer(x);
  if (!made_by || builder.rank(x) != 2 || depth == 0)
    return no_value;
  const op::Any operation = made_by->operation;
  std::vector<ValueId> inputs = made_by->inputs;
  if (std::holds_alternative<op::FullyConnected>(operation)) {
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      GANLET_TRY(inputs[i], builder.constant(reordered_rows(*builder.constant_of(inputs[i]), order)));
    }
  } else if (const auto variable = only_variable(builder, *made_by); variable && is_elementwise(operation)) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      GANLET_TRY(inputs[i], i == *variable ? with_reordered_columns(builder, inputs[i], order, depth - 1)
                                           : reordered_operand(builder, inputs[i], order));
      if (inputs[i] == no_value)
        return no_value;
    }
  } else {
    return no_value;
  }
  return builder.emit(operation, std::move(inputs), builder.value(x).type, SymbolicShape(builder.shape(x)));
}

/// columns (N, C H W) reshaped to (N,C,H,W), as (N,H,W,C).
Result<ValueId> columns_as_images(Builder& builder, ValueId columns, const SymbolicShape& shape) {
  const bool splits_columns = builder.rank(columns) == 2 && builder.shape(columns)[0] == shape[0] &&
                              is_concrete({shape.begin() + 1, shape.end()});
  if (!splits_columns || builder.value(columns).type != DataType::float32)
    return no_value;
  // An empty batch has no elements whatever the images' size is.
  const auto image_elements = builder.product(std::span(shape).subspan(1));
  if (!image_elements || *image_elements != builder.shape(columns)[1])
    return no_value;
  const std::int64_t channels = shape[1].count, pixels = shape[2].count * shape[3].count;
  std::vector<std::int64_t> order;
  for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
    for (std::int64_t channel = 0; channel < channels; ++channel)
      order.push_back(channel * pixels + pixel);
  GANLET_TRY(const ValueId reordered, with_reordered_columns(builder, columns, order, deepest));
  if (reordered == no_value)
    return no_value;
  return builder.reshape(reordered, {shape[0], shape[2], shape[3], shape[1]}, true);
}

Result<ValueId> images_by_constants(Builder& builder, ValueId x, int depth) {
  const Node* made_by = builder.producer(x);
  if (!made_by || depth == 0 || builder.value(x).channels_last || builder.rank(x) != 4)
    return no_value;
  if (std::holds_alternative<op::Reshape>(made_by->operation)) {
    const SymbolicShape shape = builder.shape(x);
    return columns_as_images(builder, made_by->inputs[0], shape);
  }
  const auto variable = only_variable(builder, *made_by);
  if (!variable || !is_elementwise(made_by->operation) || builder.readers(x) > 1)
    return no_value;
  const op::Any operation = made_by->operation;
  std::vector<ValueId> inputs = made_by->inputs;
  GANLET_TRY(inputs[*variable], images_by_constants(builder, inputs[*variable], depth - 1));
  if (inputs[*variable] == no_value)
    return no_value;
  GANLET_CHECK(builder.align(inputs, true));
  const SymbolicShape& nchw = builder.shape(x); // which a constant may have made larger than the images
  return builder.emit(operation, std::move(inputs), builder.value(x).type, {nchw[0], nchw[2], nchw[3], nchw[1]}, true);
}

} // namespace

Result<ValueId> images_by_constants(Builder& builder, ValueId x) {
  return images_by_constants(builder, x, deepest);
}

} // namespace ganlet
