#include <algorithm>

#include "core/text.h"
#include "graph/lower_ops.h"
#include "graph/weights.h"
#include "onnx/batch_normalization.h"

namespace ganlet {

Result<ValueId> reduce(Builder& builder, op::ReduceKind kind, ValueId x, std::span<const int> axes) {
  op::Reduce operation{kind, {}};
  SymbolicShape shape = builder.shape(x);
  for (const int axis : axes) {
    if (shape[axis].per_batch)
      return builder.unsupported("can't reduce over the batch");
    operation.axes.push_back(axis);
    shape[axis] = {1, false};
  }
  std::ranges::make_heap(operation.axes); // not std::sort, which is more code (see memory_plan.cpp)
  std::ranges::sort_heap(operation.axes);
  if (operation.axes.empty())
    return x;
  return builder.emit(std::move(operation), {x}, builder.value(x).type, std::move(shape));
}

Result<void> lower_global_average_pool(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const ValueId x, context.float_input(0));
  std::vector<int> axes;
  for (int axis = 2; axis < builder.rank(x); ++axis)
    axes.push_back(axis);
  if (axes.empty())
    return builder.error(concat("needs an image, has shape ", builder.text_of(x)));
  return context.give(reduce(builder, op::ReduceKind::mean, x, axes));
}

namespace {

/// The axes of ReduceL2, ReduceMean and ReduceSum: an attribute, or input 1 in later opsets; all axes if neither is
/// given.
Result<std::vector<int>> reduced_axes(Context& context, int rank) {
  GANLET_TRY(auto listed, context.integers("axes", {}));
  if (context.has_input(1)) {
    GANLET_TRY(listed, context.integers_input(1));
  }
  GANLET_TRY(const std::int64_t none_is_none, context.integer("noop_with_empty_axes", 0));
  std::vector<int> axes;
  for (const std::int64_t axis : listed) {
    GANLET_TRY(const int checked, checked_axis(context.builder, axis, rank));
    if (std::ranges::find(axes, checked) != axes.end())
      return context.builder.error(concat("axis ", axis, " is named twice"));
    axes.push_back(checked);
  }
  for (int axis = 0; listed.empty() && none_is_none == 0 && axis < rank; ++axis)
    axes.push_back(axis);
  return axes;
}

} // namespace

Result<void> lower_reduce(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(ValueId x, context.float_input(0));
  const bool is_length = context.op_type() == "ReduceL2";
  if (is_length) {
    GANLET_TRY(x, binary(builder, op::BinaryKind::multiply, x, x));
  }
  GANLET_TRY(const std::vector<int> axes, reduced_axes(context, builder.rank(x)));
  GANLET_TRY(const std::int64_t keep, context.integer("keepdims", 1));
  GANLET_TRY(ValueId out,
             reduce(builder, context.op_type() == "ReduceMean" ? op::ReduceKind::mean : op::ReduceKind::sum, x, axes));
  if (is_length) {
    GANLET_TRY(out, unary(builder, {op::UnaryKind::square_root, 0, 0}, out));
  }
  if (keep == 0 && !axes.empty()) {
    SymbolicShape shape;
    for (int axis = 0; axis < builder.rank(out); ++axis)
      if (std::ranges::find(axes, axis) == axes.end())
        shape.push_back(builder.shape(out)[axis]);
    GANLET_TRY(out, builder.reshape(out, std::move(shape)));
  }
  context.set(0, out);
  return {};
}

namespace {

/// A constant with one float32 per channel.
Result<std::span<const float>> channel_input(Context& context, std::size_t index, std::int64_t channels) {
  GANLET_TRY(const Tensor* constant, context.constant_input(index));
  if (constant->type() != DataType::float32 || constant->shape() != Shape{channels})
    return context.builder.error(
        concat("input ", index, " needs shape (", channels, ",), has ", constant->shape().text()));
  return constant->as<float>();
}

/// A constant with one value per channel, shaped to broadcast with x, whose channels are axis 1.
Result<ValueId> channel_constant(Builder& builder, ValueId x, std::span<const float> values) {
  const auto channels = static_cast<std::int64_t>(values.size());
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(builder.rank(x)), 1);
  sizes[1] = channels;
  GANLET_TRY(const Shape shape, Shape::make(sizes, builder.limits(), builder.place()));
  return builder.constant(Tensor::of<float>(shape, values));
}

Result<std::int64_t> checked_channels(Builder& builder, ValueId x) {
  if (builder.rank(x) < 2)
    return builder.error(concat("needs a channel axis, has shape ", builder.text_of(x)));
  const Dim channels = builder.shape(x)[1];
  if (channels.per_batch)
    return builder.unsupported("the channels depend on the batch");
  return channels.count;
}

Result<ValueId> scalar(Builder& builder, float value) {
  return builder.constant(Tensor::of<float>(Shape{}, {value}));
}

/// (x - mean) / sqrt(variance + epsilon) * scale + offset; mean and variance are taken over `axes` of the file.
Result<ValueId> normalized(Builder& builder, ValueId x, std::span<const int> axes, float epsilon, ValueId scale,
                           ValueId offset) {
  using enum op::BinaryKind;
  GANLET_TRY(const ValueId mean, reduce(builder, op::ReduceKind::mean, x, axes));
  GANLET_TRY(const ValueId centred, binary(builder, subtract, x, mean));
  GANLET_TRY(const ValueId square, binary(builder, multiply, centred, centred));
  GANLET_TRY(const ValueId variance, reduce(builder, op::ReduceKind::mean, square, axes));
  GANLET_TRY(const ValueId least, scalar(builder, epsilon));
  GANLET_TRY(const ValueId lifted, binary(builder, add, variance, least));
  GANLET_TRY(const ValueId deviation, unary(builder, {op::UnaryKind::square_root, 0, 0}, lifted));
  // The division is done on the small tensor: once per channel or row, not per pixel.
  GANLET_TRY(const ValueId factor, binary(builder, divide, scale, deviation));
  GANLET_TRY(const ValueId scaled, binary(builder, multiply, centred, factor));
  return offset == no_value ? scaled : binary(builder, add, scaled, offset);
}

} // namespace

Result<void> lower_batch_normalization(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const float epsilon, context.number("epsilon", 1e-5F));
  GANLET_TRY(const std::int64_t training, context.integer("training_mode", 0));
  context.ignore("momentum");
  if (training != 0)
    return builder.unsupported("training_mode must be 0: export the network in evaluation mode");
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const std::int64_t channels, checked_channels(builder, x));
  GANLET_TRY(const auto scale, channel_input(context, 1, channels));
  GANLET_TRY(const auto bias, channel_input(context, 2, channels));
  GANLET_TRY(const auto mean, channel_input(context, 3, channels));
  GANLET_TRY(const auto variance, channel_input(context, 4, channels));
  for (std::size_t c = 0; c < variance.size(); ++c)
    if (!(static_cast<double>(variance[c]) + static_cast<double>(epsilon) > 0))
      return builder.error(
          concat("the variance of channel ", c, " is ", static_cast<double>(variance[c]), ", must be positive"));
  const auto [factor, offset] = onnx::normalization(scale, bias, mean, variance, epsilon);
  GANLET_TRY(const ValueId factors, channel_constant(builder, x, factor));
  GANLET_TRY(const ValueId offsets, channel_constant(builder, x, offset));
  GANLET_TRY(const ValueId scaled, binary(builder, op::BinaryKind::multiply, x, factors));
  return context.give(binary(builder, op::BinaryKind::add, scaled, offsets));
}

Result<void> lower_instance_normalization(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const float epsilon, context.number("epsilon", 1e-5F));
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const std::int64_t channels, checked_channels(builder, x));
  std::vector<int> axes;
  for (int axis = 2; axis < builder.rank(x); ++axis)
    axes.push_back(axis);
  if (axes.empty())
    return builder.error(concat("needs an image, has shape ", builder.text_of(x)));
  GANLET_TRY(const auto scale, channel_input(context, 1, channels));
  GANLET_TRY(const auto bias, channel_input(context, 2, channels));
  GANLET_TRY(const ValueId scales, channel_constant(builder, x, scale));
  GANLET_TRY(const ValueId offsets, channel_constant(builder, x, bias));
  return context.give(normalized(builder, x, axes, epsilon, scales, offsets));
}

Result<void> lower_layer_normalization(Context& context) {
  Builder& builder = context.builder;
  if (context.output_count() > 1)
    return builder.unsupported("only the first output of LayerNormalization is supported");
  GANLET_TRY(const float epsilon, context.number("epsilon", 1e-5F));
  GANLET_TRY(const std::int64_t file_axis, context.integer("axis", -1));
  context.ignore("stash_type");
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const int first, checked_axis(builder, file_axis, builder.rank(x)));
  std::vector<int> axes;
  for (int axis = first; axis < builder.rank(x); ++axis)
    axes.push_back(axis);
  GANLET_TRY(const ValueId scale, context.float_input(1));
  ValueId offset = no_value;
  if (context.has_input(2)) {
    GANLET_TRY(offset, context.float_input(2));
  }
  const SymbolicShape shape = builder.shape(x);
  GANLET_TRY(const ValueId out, normalized(builder, x, axes, epsilon, scale, offset));
  if (builder.shape(out) != shape)
    return builder.error(concat("scale and bias don't broadcast to ", builder.text_of(x)));
  context.set(0, out);
  return {};
}

} // namespace ganlet
