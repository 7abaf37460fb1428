#include <limits>

#include "core/text.h"
#include "graph/lower_ops.h"
#include "graph/onnx_ops.h"
#include "graph/weights.h"
#include "onnx/batch_normalization.h"

namespace ganlet {

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

/// What a normalization finds out, where it is asked for.
struct Statistics {
  ValueId mean = no_value, deviation = no_value;
};

/// (x - mean) / sqrt(variance + epsilon) * scale + offset; mean and variance are taken over `axes` of the file.
Result<ValueId> normalized(Builder& builder, ValueId x, std::span<const int> axes, float epsilon, ValueId scale,
                           ValueId offset, Statistics* found = nullptr) {
  using enum op::BinaryKind;
  GANLET_TRY(const ValueId mean, reduce(builder, op::ReduceKind::mean, x, axes));
  GANLET_TRY(const ValueId centred, binary(builder, subtract, x, mean));
  GANLET_TRY(const ValueId square, binary(builder, multiply, centred, centred));
  GANLET_TRY(const ValueId variance, reduce(builder, op::ReduceKind::mean, square, axes));
  GANLET_TRY(const ValueId least, number(builder, epsilon));
  GANLET_TRY(const ValueId lifted, binary(builder, add, variance, least));
  GANLET_TRY(const ValueId deviation, unary(builder, {op::UnaryKind::square_root, 0, 0}, lifted));
  if (found)
    *found = {mean, deviation};
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
  if (training != 0 && !has_rare_parts())
    return needs_rare_parts();
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const std::int64_t channels, checked_channels(builder, x));
  GANLET_TRY(const auto scale, channel_input(context, 1, channels));
  GANLET_TRY(const auto bias, channel_input(context, 2, channels));
  if (has_rare_parts() && training != 0) { // with the statistics of the pictures at hand
    GANLET_TRY(const ValueId scales, channel_constant(builder, x, scale));
    GANLET_TRY(const ValueId offsets, channel_constant(builder, x, bias));
    std::vector<int> axes = axes_from(2, builder.rank(x));
    axes.insert(axes.begin(), 0);
    return context.give(normalized(builder, x, axes, epsilon, scales, offsets));
  }
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
  const std::vector<int> axes = axes_from(2, builder.rank(x));
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
  GANLET_TRY(const float epsilon, context.number("epsilon", 1e-5F));
  GANLET_TRY(const std::int64_t file_axis, context.integer("axis", -1));
  context.ignore("stash_type");
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const int first, checked_axis(builder, file_axis, builder.rank(x)));
  const std::vector<int> axes = axes_from(first, builder.rank(x));
  GANLET_TRY(const ValueId scale, context.float_input(1));
  ValueId offset = no_value;
  if (context.has_input(2)) {
    GANLET_TRY(offset, context.float_input(2));
  }
  const SymbolicShape shape = builder.shape(x);
  Statistics found;
  GANLET_TRY(const ValueId out, normalized(builder, x, axes, epsilon, scale, offset, &found));
  if (builder.shape(out) != shape)
    return builder.error(concat("scale and bias don't broadcast to ", builder.text_of(x)));
  context.set(1, found.mean);
  if (context.output_count() > 2) {
    GANLET_TRY(const ValueId inverse, unary(builder, {op::UnaryKind::reciprocal, 0, 0}, found.deviation));
    context.set(2, inverse);
  }
  context.set(0, out);
  return {};
}

namespace {

/// The scale or bias of GroupNormalization, for each channel or (before opset 21) for each group, to broadcast with
/// (N,groups,channels of a group,pixels).
Result<ValueId> group_constant(Context& context, std::size_t index, std::int64_t groups, std::int64_t channels) {
  Builder& builder = context.builder;
  GANLET_TRY(const Tensor* constant, context.constant_input(index));
  const Shape& shape = constant->shape();
  if (constant->type() != DataType::float32 || (shape != Shape{groups} && shape != Shape{channels}))
    return builder.error(concat("input ", index, " needs shape (", channels, ",), has ", shape.text()));
  return builder.constant(constant->clone().reshaped(Shape{groups, shape[0] / groups, 1}));
}

Result<ValueId> squared(Builder& builder, ValueId x) {
  return binary(builder, op::BinaryKind::multiply, x, x);
}

} // namespace

Result<void> lower_group_normalization(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const float epsilon, context.number("epsilon", 1e-5F));
  GANLET_TRY(const std::int64_t groups, context.integer("num_groups", 0));
  context.ignore("stash_type");
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const std::int64_t channels, checked_channels(builder, x));
  if (groups < 1 || channels % groups != 0)
    return builder.error(concat(channels, " channels don't make ", groups, " groups"));
  const SymbolicShape shape = builder.shape(x);
  GANLET_TRY(const Dim pixels, builder.product(std::span(shape).subspan(2)));
  GANLET_TRY(const ValueId scale, group_constant(context, 1, groups, channels));
  GANLET_TRY(const ValueId offset, group_constant(context, 2, groups, channels));
  GANLET_TRY(const ValueId grouped,
             builder.reshape(x, {shape[0], {groups, false}, {channels / groups, false}, pixels}));
  const int axes[] = {2, 3};
  GANLET_TRY(const ValueId out, normalized(builder, grouped, axes, epsilon, scale, offset));
  return context.give(builder.reshape(out, shape));
}

/// Zhang and Sennrich 2019: x / sqrt(mean of squares + epsilon) * scale.
Result<void> lower_rms_normalization(Context& context) {
  using enum op::BinaryKind;
  Builder& builder = context.builder;
  GANLET_TRY(const float epsilon, context.number("epsilon", 1e-5F));
  GANLET_TRY(const std::int64_t file_axis, context.integer("axis", -1));
  context.ignore("stash_type");
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const ValueId scale, context.float_input(1));
  GANLET_TRY(const int first, checked_axis(builder, file_axis, builder.rank(x)));
  const std::vector<int> axes = axes_from(first, builder.rank(x));
  GANLET_TRY(const ValueId squares, squared(builder, x));
  GANLET_TRY(const ValueId mean, reduce(builder, op::ReduceKind::mean, squares, axes));
  GANLET_TRY(const ValueId small, number(builder, epsilon));
  GANLET_TRY(const ValueId sum, binary(builder, add, mean, small));
  GANLET_TRY(const ValueId size, unary(builder, {op::UnaryKind::square_root, 0, 0}, sum));
  GANLET_TRY(const ValueId unscaled, binary(builder, divide, x, size));
  GANLET_TRY(const ValueId out, binary(builder, multiply, unscaled, scale));
  if (builder.shape(out) != builder.shape(x))
    return builder.error(concat("the scale doesn't broadcast to ", builder.text_of(x)));
  context.set(0, out);
  return {};
}

Result<void> lower_lp_normalization(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t file_axis, context.integer("axis", -1));
  GANLET_TRY(const std::int64_t p, context.integer("p", 2));
  if (p != 1 && p != 2)
    return builder.error(concat("p is ", p, ", must be 1 or 2"));
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const int axis, checked_axis(builder, file_axis, builder.rank(x)));
  GANLET_TRY(const ValueId sizes, p == 1 ? unary(builder, {op::UnaryKind::absolute, 0, 0}, x) : squared(builder, x));
  GANLET_TRY(ValueId length, reduce(builder, op::ReduceKind::sum, sizes, std::span(&axis, 1)));
  if (p == 2) {
    GANLET_TRY(length, unary(builder, {op::UnaryKind::square_root, 0, 0}, length));
  }
  // Zeros stay zeros.
  GANLET_TRY(length,
             unary(builder,
                   {op::UnaryKind::clamp, std::numeric_limits<float>::min(), std::numeric_limits<float>::infinity()},
                   length));
  return context.give(binary(builder, op::BinaryKind::divide, x, length));
}

Result<void> lower_mean_variance_normalization(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const auto listed, context.integers("axes", {0, 2, 3}));
  GANLET_TRY(const ValueId x, context.float_input(0));
  std::vector<int> axes;
  for (const std::int64_t axis : listed) {
    GANLET_TRY(const int checked, checked_axis(builder, axis, builder.rank(x)));
    axes.push_back(checked);
  }
  GANLET_TRY(const ValueId one, number(builder, 1));
  return context.give(normalized(builder, x, axes, 1e-9F, one, no_value));
}

/// Krizhevsky et al. 2012, section 3.3: x / (bias + alpha / size * sum of the squares of `size` neighbouring
/// channels)^beta.
Result<void> lower_lrn(Context& context) {
  using enum op::BinaryKind;
  Builder& builder = context.builder;
  GANLET_TRY(const float alpha, context.number("alpha", 1e-4F));
  GANLET_TRY(const float beta, context.number("beta", 0.75F));
  GANLET_TRY(const float bias, context.number("bias", 1));
  GANLET_TRY(const std::int64_t size, context.integer("size", 0));
  GANLET_TRY(const ValueId x, context.float_input(0));
  GANLET_TRY(const std::int64_t channels, checked_channels(builder, x));
  if (size < 1 || size > 2 * channels)
    return builder.error(concat("size ", size, " doesn't fit ", channels, " channels"));
  const SymbolicShape shape = builder.shape(x);
  GANLET_TRY(const Dim pixels, builder.product(std::span(shape).subspan(2)));
  GANLET_TRY(const ValueId squares, squared(builder, x));
  // Channels as the rows of images, over which a window slides.
  GANLET_TRY(const ValueId rows, builder.reshape(squares, {shape[0], shape[1], pixels, {1, false}}));
  op::Pool pool{op::PoolKind::average, {.kernel = {size, 1}}, true};
  pool.window.pad_before[0] = (size - 1) / 2;
  pool.window.pad_after[0] = size / 2;
  GANLET_TRY(const ValueId means, builder.emit(pool, {rows}, DataType::float32, SymbolicShape(builder.shape(rows))));
  GANLET_TRY(const ValueId mean, builder.reshape(means, shape));
  GANLET_TRY(const ValueId factor, number(builder, alpha));
  GANLET_TRY(const ValueId scaled, binary(builder, multiply, mean, factor));
  GANLET_TRY(const ValueId least, number(builder, bias));
  GANLET_TRY(const ValueId sum, binary(builder, add, scaled, least));
  GANLET_TRY(const ValueId exponent, number(builder, beta));
  GANLET_TRY(const ValueId divisor, binary(builder, power, sum, exponent));
  return context.give(binary(builder, divide, x, divisor));
}

} // namespace ganlet
