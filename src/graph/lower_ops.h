#pragma once

#include "graph/context.h"

namespace ganlet {

/// One function per ONNX op, or per family of ops told apart by Context::op_type. Each reads its inputs and attributes,
/// emits operations and sets its outputs. The table in onnx_ops.cpp assigns ops to functions.
Result<void> lower_affine_grid(Context& context);
Result<void> lower_arg(Context& context);
Result<void> lower_attention(Context& context);
Result<void> lower_average_or_max_pool(Context& context);
Result<void> lower_batch_normalization(Context& context);
Result<void> lower_bernoulli(Context& context);
Result<void> lower_binary(Context& context);
Result<void> lower_bits(Context& context);
Result<void> lower_bitwise_not(Context& context);
Result<void> lower_cast(Context& context);
Result<void> lower_cast_like(Context& context);
Result<void> lower_center_crop_pad(Context& context);
Result<void> lower_celu(Context& context);
Result<void> lower_clip(Context& context);
Result<void> lower_col2im(Context& context);
Result<void> lower_compress(Context& context);
Result<void> lower_concat(Context& context);
Result<void> lower_constant(Context& context);
Result<void> lower_constant_of_shape(Context& context);
Result<void> lower_contrib_gelu(Context& context);
Result<void> lower_conv(Context& context);
Result<void> lower_conv_integer(Context& context);
Result<void> lower_conv_transpose(Context& context);
Result<void> lower_cum_sum(Context& context);
Result<void> lower_depth_to_space(Context& context);
Result<void> lower_dequantize_linear(Context& context);
Result<void> lower_dropout(Context& context);
Result<void> lower_dynamic_quantize_linear(Context& context);
Result<void> lower_einsum(Context& context);
Result<void> lower_expand(Context& context);
Result<void> lower_eye_like(Context& context);
Result<void> lower_flatten(Context& context);
Result<void> lower_fold(Context& context);
Result<void> lower_fused_conv(Context& context);
Result<void> lower_fused_gemm(Context& context);
Result<void> lower_fused_mat_mul(Context& context);
Result<void> lower_gather(Context& context);
Result<void> lower_gather_elements(Context& context);
Result<void> lower_gather_nd(Context& context);
Result<void> lower_gemm(Context& context);
Result<void> lower_global_pool(Context& context);
Result<void> lower_grid_sample(Context& context);
Result<void> lower_group_normalization(Context& context);
Result<void> lower_hard_sigmoid(Context& context);
Result<void> lower_hard_swish(Context& context);
Result<void> lower_hardmax(Context& context);
Result<void> lower_identity(Context& context);
Result<void> lower_if(Context& context);
Result<void> lower_instance_normalization(Context& context);
Result<void> lower_is_inf(Context& context);
Result<void> lower_is_nan(Context& context);
Result<void> lower_layer_normalization(Context& context);
Result<void> lower_log_softmax(Context& context);
Result<void> lower_logic(Context& context);
Result<void> lower_loop(Context& context);
Result<void> lower_lp_normalization(Context& context);
Result<void> lower_lp_pool(Context& context);
Result<void> lower_lrn(Context& context);
Result<void> lower_mat_mul(Context& context);
Result<void> lower_mat_mul_integer(Context& context);
Result<void> lower_max_unpool(Context& context);
Result<void> lower_mean_variance_normalization(Context& context);
Result<void> lower_mish(Context& context);
Result<void> lower_non_zero(Context& context);
Result<void> lower_one_hot(Context& context);
Result<void> lower_pad(Context& context);
Result<void> lower_prelu(Context& context);
Result<void> lower_qgemm(Context& context);
Result<void> lower_qlinear_binary(Context& context);
Result<void> lower_qlinear_concat(Context& context);
Result<void> lower_qlinear_conv(Context& context);
Result<void> lower_qlinear_mat_mul(Context& context);
Result<void> lower_qlinear_unary(Context& context);
Result<void> lower_quantize_linear(Context& context);
Result<void> lower_quick_gelu(Context& context);
Result<void> lower_random(Context& context);
Result<void> lower_range(Context& context);
Result<void> lower_reduce(Context& context);
Result<void> lower_reduce_log_sum_exp(Context& context);
Result<void> lower_reshape(Context& context);
Result<void> lower_resize(Context& context);
Result<void> lower_reverse_sequence(Context& context);
Result<void> lower_rms_normalization(Context& context);
Result<void> lower_rotary_embedding(Context& context);
Result<void> lower_scan(Context& context);
Result<void> lower_scatter_elements(Context& context);
Result<void> lower_scatter_nd(Context& context);
Result<void> lower_selu(Context& context);
Result<void> lower_shape(Context& context);
Result<void> lower_shrink(Context& context);
Result<void> lower_size(Context& context);
Result<void> lower_skip_layer_normalization(Context& context);
Result<void> lower_slice(Context& context);
Result<void> lower_softmax(Context& context);
Result<void> lower_softsign(Context& context);
Result<void> lower_space_to_depth(Context& context);
Result<void> lower_split(Context& context);
Result<void> lower_squeeze(Context& context);
Result<void> lower_swish(Context& context);
Result<void> lower_thresholded_relu(Context& context);
Result<void> lower_tile(Context& context);
Result<void> lower_top_k(Context& context);
Result<void> lower_transpose(Context& context);
Result<void> lower_trilu(Context& context);
Result<void> lower_unary(Context& context);
Result<void> lower_unsqueeze(Context& context);
Result<void> lower_volume_pool(Context& context);
Result<void> lower_where(Context& context);

/// A Conv or ConvTranspose whose weights are constants times a number for each picture and channel. False if they are
/// others; then nothing is done.
Result<bool> lower_modulated(Context& context);

/// Broadcasts shapes as in NumPy; the shorter one counts as having 1s in front. Errors: invalid_argument.
Result<SymbolicShape> broadcast_shape(const Builder& builder, std::span<const Dim> a, std::span<const Dim> b);
/// An elementwise operation; operands are brought to one layout and broadcast.
Result<ValueId> binary(Builder& builder, op::BinaryKind kind, ValueId a, ValueId b);
Result<ValueId> unary(Builder& builder, op::Unary operation, ValueId x);
/// Elements of `yes` where the condition is true, else of `no`, broadcast against each other.
Result<ValueId> select(Builder& builder, ValueId condition, ValueId yes, ValueId no);
/// A constant of rank 0.
Result<ValueId> number(Builder& builder, float value);
/// (...,M,K) x (...,K,N) of any rank from 2 on.
Result<ValueId> matrix_multiply(Builder& builder, ValueId a, ValueId b);
/// The axes first, ..., rank - 1.
std::vector<int> axes_from(int first, int rank);
/// Reduces over axes of the file, which are kept with size 1.
Result<ValueId> reduce(Builder& builder, op::ReduceKind kind, ValueId x, std::span<const int> file_axes);

} // namespace ganlet
