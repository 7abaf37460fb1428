#pragma once

#include <span>

#include "core/error.h"
#include "core/tensor.h"
#include "graph/ops.h"
#include "reference/work.h"

/// The loops behind `evaluate`: one function per operation, each in the file of its basename. None allocates. An input
/// that is left out has null `data`. Each turn of a loop asks `work`, which holds the whole cost of the operation.
namespace ganlet::reference {

using Inputs = std::span<const TensorView>;

Result<void> run(const op::Binary& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Cast& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Concat& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Convolution& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::CumulativeSum& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::DepthToSpace& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Expand& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::FullyConnected& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Gather& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::GatherElements& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::GridSample& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::MatrixMultiply& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::OneHot& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Pad& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Pool& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Random& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Reduce& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Reshape& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Resize& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::ScatterElements& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Select& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Slice& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Softmax& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Tile& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::TopK& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Transpose& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::TransposedConvolution& operation, Inputs inputs, const TensorView& output, Work& work);
Result<void> run(const op::Unary& operation, Inputs inputs, const TensorView& output, Work& work);

} // namespace ganlet::reference
