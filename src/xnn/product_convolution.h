#pragma once

#include "xnn/kernel.h"

namespace ganlet::xnn {

/// Runs a convolution of stride 1 as a matrix product and a sum of shifted planes. Null unless it has one group, and so
/// few output channels that this is faster than XNNPACK's convolution.
MadeKernel make_product_convolution(const op::Convolution& operation, const NodeContext& context);

/// Runs a transposed convolution as a matrix product and a sum of shifted planes. Null if it has more than one group.
MadeKernel make_product_convolution(const op::TransposedConvolution& operation, const NodeContext& context);

} // namespace ganlet::xnn
