#include "graph/lower_ops.h"
#include "graph/onnx_ops.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "graph/weights.h"
#include "graph/window.h"

namespace ganlet {

namespace {

/// The bias of a linear op: a constant float32 of `outputs` elements; no_value if the op has none.
Result<ValueId> bias_input(Context& context, std::size_t index, std::int64_t outputs) {
  if (!context.has_input(index))
    return no_value;
  GANLET_TRY(const Tensor* constant, context.constant_input(index));
  if (constant->type() != DataType::float32 || constant->shape() != Shape{outputs})
    return context.builder.error(concat("the bias needs shape (", outputs, ",), has ", constant->shape().text()));
  return context.builder.constant(constant->clone());
}

std::vector<ValueId> without_missing(std::initializer_list<ValueId> ids) {
  std::vector<ValueId> out;
  for (const ValueId id : ids)
    if (id != no_value)
      out.push_back(id);
  return out;
}

/// x (M,K) times weights (O,K), plus bias (O) if there is one: (M,O).
Result<ValueId> fully_connected(Builder& builder, ValueId x, Tensor weights, ValueId bias) {
  const std::int64_t outputs = weights.shape()[0];
  const std::int64_t depth = weights.shape()[1];
  if (builder.rank(x) != 2 || builder.shape(x)[1] != Dim{depth, false})
    return builder.error(concat("the input has shape ", builder.text_of(x), ", the weights need ", depth, " columns"));
  if (outputs == 0 || depth == 0)
    return builder.error("the weights are empty");
  GANLET_TRY(const ValueId constant, builder.constant(std::move(weights)));
  return builder.emit(op::FullyConnected{}, without_missing({x, constant, bias}), DataType::float32,
                      {builder.shape(x)[0], {outputs, false}});
}

Tensor transposed(Tensor weights) {
  static constexpr int swap[2] = {1, 0};
  return permuted(weights, swap);
}

} // namespace

namespace {

/// alpha a B, where B is a constant, or what the network computes.
Result<ValueId> gemm_product(Context& context, ValueId a, bool transpose_b, float alpha) {
  Builder& builder = context.builder;
  const Meaning& given = context.meaning(1);
  if (given.integers || builder.constant_of(given.id)) {
    GANLET_TRY(Tensor weights, linear_weights(context, 1, 2, transpose_b ? 0 : 1));
    if (!transpose_b)
      weights = transposed(std::move(weights));
    if (alpha != 1)
      weights = scaled_rows(weights, std::vector<float>(static_cast<std::size_t>(weights.shape()[0]), alpha));
    return fully_connected(builder, a, std::move(weights), no_value);
  }
  if (!has_rare_parts())
    return needs_rare_parts();
  GANLET_TRY(ValueId b, context.float_input(1));
  if (builder.rank(b) != 2)
    return builder.error(concat("input 1 needs rank 2, has shape ", builder.text_of(b)));
  if (transpose_b) {
    GANLET_TRY(b, builder.transpose(b, {1, 0}));
  }
  if (builder.shape(a)[1].per_batch || builder.shape(a)[1] != builder.shape(b)[0])
    return builder.error(concat("shapes ", builder.text_of(a), " and ", builder.text_of(b), " don't multiply"));
  GANLET_TRY(const ValueId product, matrix_multiply(builder, a, b));
  if (alpha == 1)
    return product;
  GANLET_TRY(const ValueId factor, number(builder, alpha));
  return binary(builder, op::BinaryKind::multiply, product, factor);
}

} // namespace

Result<void> lower_gemm(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(const float alpha, context.number("alpha", 1));
  GANLET_TRY(const float beta, context.number("beta", 1));
  GANLET_TRY(const std::int64_t transpose_a, context.integer("transA", 0));
  GANLET_TRY(const std::int64_t transpose_b, context.integer("transB", 0));
  GANLET_TRY(ValueId a, context.float_input(0));
  if (builder.rank(a) != 2)
    return builder.error(concat("input 0 needs rank 2, has shape ", builder.text_of(a)));
  if (transpose_a != 0) {
    GANLET_TRY(a, builder.transpose(a, {1, 0}));
  }
  GANLET_TRY(ValueId out, gemm_product(context, a, transpose_b != 0, alpha));
  if (context.has_input(2) && beta != 0) {
    GANLET_TRY(ValueId c, context.float_input(2));
    if (beta != 1) {
      GANLET_TRY(const ValueId factor, builder.constant(Tensor::of<float>(Shape{}, {beta})));
      GANLET_TRY(c, binary(builder, op::BinaryKind::multiply, c, factor));
    }
    GANLET_TRY(const ValueId sum, binary(builder, op::BinaryKind::add, out, c));
    if (builder.shape(sum) != builder.shape(out))
      return builder.error(
          concat("input 2 of shape ", builder.text_of(c), " doesn't broadcast to ", builder.text_of(out)));
    out = sum;
  }
  context.set(0, out);
  return {};
}

namespace {

/// The leading axes of both operands of a MatMul, broadcast against each other.
Result<SymbolicShape> leading_axes(Builder& builder, ValueId a, ValueId b) {
  SymbolicShape x(builder.shape(a).begin(), builder.shape(a).end() - 2);
  SymbolicShape y(builder.shape(b).begin(), builder.shape(b).end() - 2);
  return broadcast_shape(builder, x, y);
}

} // namespace

Result<ValueId> matrix_multiply(Builder& builder, ValueId a, ValueId b) {
  const int rank = std::max(builder.rank(a), builder.rank(b));
  for (ValueId* id : {&a, &b}) {
    SymbolicShape lifted(static_cast<std::size_t>(rank - builder.rank(*id)), Dim{1, false});
    lifted.insert(lifted.end(), builder.shape(*id).begin(), builder.shape(*id).end());
    GANLET_TRY(*id, builder.reshape(*id, std::move(lifted)));
  }
  GANLET_TRY(SymbolicShape shape, leading_axes(builder, a, b));
  shape.push_back(builder.shape(a)[rank - 2]);
  shape.push_back(builder.shape(b)[rank - 1]);
  return builder.emit(op::MatrixMultiply{}, {a, b}, DataType::float32, std::move(shape));
}

Result<void> lower_mat_mul(Context& context) {
  Builder& builder = context.builder;
  GANLET_TRY(ValueId a, context.float_input(0));
  const Meaning& right = context.meaning(1);
  const bool quantized = right.quantized_axis && builder.rank(right.id) == 2; // others are multiplied as float32
  GANLET_TRY(ValueId b, quantized ? Result<ValueId>(right.id) : context.float_input(1));
  // A vector operand counts as a matrix with one row (a) or one column (b); that axis is dropped from the result.
  const bool a_is_vector = builder.rank(a) == 1;
  const bool b_is_vector = builder.rank(b) == 1;
  if (builder.rank(a) == 0 || builder.rank(b) == 0)
    return builder.error("a scalar can't be multiplied as a matrix");
  if (a_is_vector) {
    GANLET_TRY(a, builder.reshape(a, {{1, false}, builder.shape(a)[0]}));
  }
  if (b_is_vector) {
    GANLET_TRY(b, builder.reshape(b, {builder.shape(b)[0], {1, false}}));
  }
  const SymbolicShape shape = builder.shape(a);
  if (shape.back().per_batch || shape.back() != builder.shape(b)[builder.rank(b) - 2])
    return builder.error(concat("shapes ", builder.text_of(a), " and ", builder.text_of(b), " don't multiply"));
  ValueId out = no_value;
  if (builder.constant_of(b) && builder.rank(b) == 2 && !b_is_vector) {
    GANLET_TRY(Tensor weights, linear_weights(context, 1, 2, 1));
    GANLET_TRY(const Dim rows, builder.product(std::span(shape).first(shape.size() - 1)));
    GANLET_TRY(const ValueId flat, builder.reshape(a, {rows, shape.back()}));
    GANLET_TRY(out, fully_connected(builder, flat, transposed(std::move(weights)), no_value));
    SymbolicShape back(shape.begin(), shape.end() - 1);
    back.push_back(builder.shape(out)[1]);
    GANLET_TRY(out, builder.reshape(out, std::move(back)));
  } else {
    GANLET_TRY(out, matrix_multiply(builder, a, b));
  }
  if (a_is_vector || b_is_vector) {
    SymbolicShape dropped = builder.shape(out);
    if (b_is_vector)
      dropped.pop_back();
    if (a_is_vector)
      dropped.erase(dropped.end() - (b_is_vector ? 1 : 2));
    GANLET_TRY(out, builder.reshape(out, std::move(dropped)));
  }
  context.set(0, out);
  return {};
}

namespace {

/// The weights of a convolution in the file's order of axes, always with four: a constant, or what the network
/// computes.
struct ImageWeights {
  Tensor constant;
  ValueId computed = no_value;
  std::array<std::int64_t, 4> sizes{};

  bool is_computed() const { return has_rare_parts() && computed != no_value; }
};

Result<ImageWeights> computed_image_weights(Context& context, bool one_dimensional) {
  Builder& builder = context.builder;
  if (!has_rare_parts())
    return needs_rare_parts();
  ImageWeights weights;
  GANLET_TRY(weights.computed, context.float_input(1));
  SymbolicShape shape = builder.shape(weights.computed);
  if (static_cast<int>(shape.size()) != (one_dimensional ? 3 : 4))
    return builder.error(
        concat("input 1 needs rank ", one_dimensional ? 3 : 4, ", has shape ", builder.text_of(weights.computed)));
  if (one_dimensional) {
    shape.insert(shape.begin() + 2, Dim{1, false});
    GANLET_TRY(weights.computed, builder.reshape(weights.computed, SymbolicShape(shape)));
  }
  for (std::size_t axis = 0; axis < 4; ++axis) {
    if (shape[axis].per_batch)
      return builder.unsupported("weights for each picture of a batch need a fixed batch: export with one");
    weights.sizes[axis] = shape[axis].count;
  }
  return weights;
}

Result<ImageWeights> image_weights(Context& context, bool one_dimensional, int output_axis) {
  const Meaning& given = context.meaning(1);
  ImageWeights weights;
  if (!given.integers && !context.builder.constant_of(given.id)) {
    GANLET_TRY(weights, computed_image_weights(context, one_dimensional));
  } else {
    GANLET_TRY(weights.constant, linear_weights(context, 1, one_dimensional ? 3 : 4, output_axis));
    if (one_dimensional) {
      const Shape& shape = weights.constant.shape();
      weights.constant = std::move(weights.constant).reshaped(Shape{shape[0], shape[1], 1, shape[2]});
    }
    std::ranges::copy(weights.constant.shape().sizes(), weights.sizes.begin());
  }
  if (std::ranges::find(weights.sizes, 0) != weights.sizes.end())
    return context.builder.error(concat("the weights are empty: ", std::span<const std::int64_t>(weights.sizes)));
  return weights;
}

Result<std::int64_t> checked_groups(Context& context, std::int64_t channels, std::int64_t weight_channels,
                                    bool channels_are_all) {
  Builder& builder = context.builder;
  GANLET_TRY(const std::int64_t groups, context.integer("group", 1));
  if (groups < 1 || groups > std::max<std::int64_t>(channels, 1))
    return builder.error(concat("group is ", groups, ", must be between 1 and the number of channels, ", channels));
  const bool fits = channels_are_all ? weight_channels == channels && channels % groups == 0
                                     : channels % groups == 0 && channels / groups == weight_channels;
  if (!fits)
    return builder.error(concat("the input has ", channels, " channels, the weights need ",
                                channels_are_all ? weight_channels : weight_channels * groups, " in ", groups,
                                groups == 1 ? " group" : " groups"));
  return groups;
}

} // namespace

Result<void> lower_conv(Context& context) {
  Builder& builder = context.builder;
  if (has_rare_parts()) {
    GANLET_TRY(const bool is_modulated, lower_modulated(context));
    if (is_modulated)
      return {};
  }
  GANLET_TRY(ValueId x, context.stored_float_input(0));
  bool one_dimensional = false;
  GANLET_TRY(x, as_images(builder, x, one_dimensional));
  GANLET_TRY(const ImageWeights weights, image_weights(context, one_dimensional, 0));
  const auto& kernel = weights.sizes;
  const std::int64_t outputs = kernel[0];
  GANLET_TRY(const std::int64_t groups, checked_groups(context, builder.shape(x)[3].count, kernel[1], false));
  if (outputs % groups != 0)
    return builder.error(concat(outputs, " output channels can't be split into ", groups, " groups"));
  WindowReader reader(context, builder.shape(x), std::array{kernel[2], kernel[3]}, one_dimensional);
  GANLET_TRY(const op::Window window, reader.window());
  GANLET_TRY(SymbolicShape shape, sliding_shape(builder, builder.shape(x), window, false));
  shape[3] = {outputs, false};
  GANLET_TRY(const ValueId bias, bias_input(context, 2, outputs));
  GANLET_TRY(const ValueId taps, !weights.is_computed()
                                     ? builder.constant(permuted(weights.constant, channels_last_order))
                                     : builder.transpose(weights.computed, {0, 2, 3, 1}));
  GANLET_TRY(ValueId out, builder.emit(op::Convolution{window, groups, {}}, without_missing({x, taps, bias}),
                                       DataType::float32, std::move(shape), true));
  return context.give(from_images(builder, out, one_dimensional));
}

namespace {

/// (I, O/groups, kh, kw) -> (O, kh, kw, I/groups).
Tensor transposed_kernel(Tensor weights, std::int64_t groups) {
  const Shape shape = weights.shape();
  static constexpr int order[5] = {0, 2, 3, 4, 1};
  std::vector<float> scale;
  for (std::int64_t group = 0; group < (weights.scale.empty() ? 0 : groups); ++group)
    scale.insert(scale.end(), weights.scale.begin(), weights.scale.end());
  Tensor grouped =
      permuted(std::move(weights).reshaped(Shape{groups, shape[0] / groups, shape[1], shape[2], shape[3]}), order);
  Tensor out = std::move(grouped).reshaped(Shape{groups * shape[1], shape[2], shape[3], shape[0] / groups});
  out.scale = std::move(scale);
  return out;
}

/// The same of a value.
Result<ValueId> transposed_kernel(Builder& builder, ValueId weights, std::int64_t groups) {
  const SymbolicShape s = builder.shape(weights);
  const Dim all{groups, false}, inputs{s[0].count / groups, false}, outputs{groups * s[1].count, false};
  GANLET_TRY(const ValueId grouped, builder.reshape(weights, {all, inputs, s[1], s[2], s[3]}));
  GANLET_TRY(const ValueId moved, builder.transpose(grouped, {0, 2, 3, 4, 1}));
  return builder.reshape(moved, {outputs, s[2], s[3], inputs});
}

} // namespace

Result<void> lower_conv_transpose(Context& context) {
  Builder& builder = context.builder;
  if (has_rare_parts()) {
    GANLET_TRY(const bool is_modulated, lower_modulated(context));
    if (is_modulated)
      return {};
  }
  GANLET_TRY(ValueId x, context.stored_float_input(0));
  bool one_dimensional = false;
  GANLET_TRY(x, as_images(builder, x, one_dimensional));
  GANLET_TRY(ImageWeights weights, image_weights(context, one_dimensional, 1));
  const auto& kernel = weights.sizes;
  GANLET_TRY(const std::int64_t groups, checked_groups(context, builder.shape(x)[3].count, kernel[0], true));
  const std::int64_t outputs = kernel[1] * groups;
  WindowReader reader(context, builder.shape(x), std::array{kernel[2], kernel[3]}, one_dimensional);
  GANLET_TRY(const TransposedWindow transposed, reader.transposed_window());
  SymbolicShape shape = {
      builder.shape(x)[0], {transposed.output[0], false}, {transposed.output[1], false}, {outputs, false}};
  GANLET_TRY(const ValueId bias, bias_input(context, 2, outputs));
  GANLET_TRY(const ValueId taps, !weights.is_computed()
                                     ? builder.constant(transposed_kernel(std::move(weights.constant), groups))
                                     : transposed_kernel(builder, weights.computed, groups));
  GANLET_TRY(ValueId out,
             builder.emit(op::TransposedConvolution{transposed.window, transposed.output_padding, groups, {}},
                          without_missing({x, taps, bias}), DataType::float32, std::move(shape), true));
  return context.give(from_images(builder, out, one_dimensional));
}

} // namespace ganlet
