#pragma once

#include "xnn/kernel.h"

namespace ganlet::xnn {

/// A transposed convolution that doubles both sides of a picture (kernel 4, stride 2, padding 1; what generators are
/// mostly made of) with 9/16 of its multiplications. Null for others, and where pictures or channels are too few for
/// that to be faster.
MadeKernel make_winograd_transposed_convolution(const op::TransposedConvolution& operation, const NodeContext& context);

} // namespace ganlet::xnn
