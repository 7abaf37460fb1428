#pragma once

#include "graph/builder.h"
#include "graph/context.h"

namespace ganlet {

/// A constant with its axes permuted; the scale isn't changed.
Tensor permuted(const Tensor& tensor, std::span<const int> permutation);

/// int8 weights as float32, for ops that don't take int8. The scale runs along `axis`.
Tensor dequantized(const Tensor& weights, int axis);

/// A copy of weights (O, ...), float32 or int8, with row o multiplied by factor[o]. int8 rows absorb the factor in
/// their scale; if that isn't exact (-128 can't be negated, or the scale overflows), the weights become float32.
Tensor scaled_rows(const Tensor& weights, std::span<const float> factor);

/// The weights at an input of a linear op. Quantized ones keep their scale if it runs along `output_axis`, and are
/// dequantized if it runs along another axis. Errors: not a constant, or not of `rank`.
Result<Tensor> linear_weights(Context& context, std::size_t index, int rank, int output_axis);

} // namespace ganlet
