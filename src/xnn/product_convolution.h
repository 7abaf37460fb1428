#pragma once

#include "xnn/kernel.h"

namespace ganlet::xnn {

/// A convolution of stride 1 as a matrix product and a sum of shifted planes; null unless it has so few output channels
/// that this beats XNNPACK's convolution (and one group).
MadeKernel make_product_convolution(const op::Convolution& operation, const NodeContext& context);

/// A transposed convolution as a matrix product and a sum of shifted planes; null for more than one group.
MadeKernel make_product_convolution(const op::TransposedConvolution& operation, const NodeContext& context);

} // namespace ganlet::xnn
