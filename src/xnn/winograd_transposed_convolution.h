#pragma once

#include "xnn/kernel.h"

namespace ganlet::xnn {

/// Runs a transposed convolution that doubles both sides of a picture (kernel 4, stride 2, padding 1; generators mostly
/// consist of these) with 9/16 of its multiplications. Null for others, and if pictures or channels are too few for
/// this to be faster.
MadeKernel make_winograd_transposed_convolution(const op::TransposedConvolution& operation, const NodeContext& context);

} // namespace ganlet::xnn
