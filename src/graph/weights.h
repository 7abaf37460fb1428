#pragma once

#include "graph/builder.h"
#include "graph/context.h"

namespace ganlet {

/// Elements of a constant in another order of axes; the scale isn't touched.
Tensor permuted(const Tensor& tensor, std::span<const int> permutation);

/// int8 weights as float32, for ops that take no int8. `axis` is that of the scale.
Tensor dequantized(const Tensor& weights, int axis);

/// A copy of weights (O, ...), float32 or int8, with row o multiplied by factor[o]. int8 rows take it into their scale;
/// where that isn't exact (-128 has no negative, or the scale overflows) the weights become float32.
Tensor scaled_rows(const Tensor& weights, std::span<const float> factor);

/// The weights at an input of a linear op, with the scale (if any) checked to run along `output_axis`; where it runs
/// along another axis they are dequantized. Errors: not a constant, not of `rank`.
Result<Tensor> linear_weights(Context& context, std::size_t index, int rank, int output_axis);

} // namespace ganlet
