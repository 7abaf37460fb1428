#pragma once

#include "graph/context.h"

namespace ganlet {

/// One function per ONNX op, or per family of ops told apart by Context::op_type. Each reads its inputs and attributes,
/// emits operations and sets its outputs. The table in onnx_ops.cpp assigns ops to functions.
Result<void> lower_average_or_max_pool(Context& context);
Result<void> lower_batch_normalization(Context& context);
Result<void> lower_binary(Context& context);
Result<void> lower_cast(Context& context);
Result<void> lower_clip(Context& context);
Result<void> lower_concat(Context& context);
Result<void> lower_constant(Context& context);
Result<void> lower_constant_of_shape(Context& context);
Result<void> lower_conv(Context& context);
Result<void> lower_conv_transpose(Context& context);
Result<void> lower_depth_to_space(Context& context);
Result<void> lower_dequantize_linear(Context& context);
Result<void> lower_dropout(Context& context);
Result<void> lower_expand(Context& context);
Result<void> lower_eye_like(Context& context);
Result<void> lower_flatten(Context& context);
Result<void> lower_gather(Context& context);
Result<void> lower_gemm(Context& context);
Result<void> lower_global_average_pool(Context& context);
Result<void> lower_identity(Context& context);
Result<void> lower_instance_normalization(Context& context);
Result<void> lower_layer_normalization(Context& context);
Result<void> lower_mat_mul(Context& context);
Result<void> lower_min_or_max(Context& context);
Result<void> lower_one_hot(Context& context);
Result<void> lower_pad(Context& context);
Result<void> lower_prelu(Context& context);
Result<void> lower_range(Context& context);
Result<void> lower_reduce(Context& context);
Result<void> lower_reduce_prod(Context& context);
Result<void> lower_reshape(Context& context);
Result<void> lower_resize(Context& context);
Result<void> lower_shape(Context& context);
Result<void> lower_slice(Context& context);
Result<void> lower_softmax(Context& context);
Result<void> lower_split(Context& context);
Result<void> lower_squeeze(Context& context);
Result<void> lower_tile(Context& context);
Result<void> lower_transpose(Context& context);
Result<void> lower_unary(Context& context);
Result<void> lower_unsqueeze(Context& context);
Result<void> lower_where(Context& context);

/// Broadcasts shapes as in NumPy; the shorter one counts as having 1s in front. Errors: invalid_argument.
Result<SymbolicShape> broadcast_shape(const Builder& builder, std::span<const Dim> a, std::span<const Dim> b);
/// An elementwise operation; operands are brought to one layout and broadcast.
Result<ValueId> binary(Builder& builder, op::BinaryKind kind, ValueId a, ValueId b);
Result<ValueId> unary(Builder& builder, op::Unary operation, ValueId x);
/// Reduces over axes of the file, which are kept with size 1.
Result<ValueId> reduce(Builder& builder, op::ReduceKind kind, ValueId x, std::span<const int> file_axes);

} // namespace ganlet
