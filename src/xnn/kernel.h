#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/budget.h"
#include "graph/graph.h"
#include "xnn/operator.h"

namespace ganlet::xnn {

/// Where a kernel reads and writes. Every buffer has `Tensor::slack` readable bytes behind it.
struct Buffers {
  std::span<const TensorView> inputs; ///< in the node's order; an empty view where an optional input isn't given
  TensorView output;
  std::byte* scratch = nullptr; ///< as many bytes as `reshape` asked for, 64-byte aligned; shared with other nodes
};

/// What runs one node. Made once, with its weights packed; `reshape` and `setup` follow when the batch changes; `run`
/// then reads and writes the same places each time and allocates nothing.
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// Bytes, at most, of what `reshape` makes a kernel keep beside its weights: tables that grow with an image, and not
  /// with the batch. In 64 bits, to be compared with a limit before `reshape`, where wasm32's XNNPACK would overflow.
  virtual std::int64_t table_bytes(std::span<const Shape> /*inputs*/, const Shape& /*output*/) const { return 0; }
  /// Adapts to shapes and says how many bytes of scratch `run` needs, in 64 bits for the same reason. out_of_memory:
  /// more than this machine can address. Anything else but success: XNNPACK can't run these shapes.
  virtual xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t pool,
                             std::int64_t& scratch_bytes) = 0;
  virtual xnn_status setup(const Buffers& buffers) = 0;
  /// Errors: only those of the reference's loops, which depend on data.
  virtual Result<void> run(pthreadpool_t pool) = 0;
  /// The same within a budget, of which the node costs `units`: all taken before it starts, since XNNPACK can't be
  /// stopped, but bit by bit by the reference's loops.
  virtual Result<void> run_within(Budget& budget, std::int64_t units, pthreadpool_t pool) {
    GANLET_CHECK(budget.take(units));
    return run(pool);
  }
};

/// What `run` returns where XNNPACK refuses to run; it has checked everything before, so this is not expected.
tl::unexpected<Error> failed_to_run();

/// A kernel that is one XNNPACK operator.
class OperatorKernel : public Kernel {
 public:
  Result<void> run(pthreadpool_t pool) override;

 protected:
  Operator operator_;
};

/// One node with what its kernel's maker has to know.
struct NodeContext {
  const Graph& graph;
  const Node& node;

  bool has_input(std::size_t index) const { return index < node.inputs.size() && node.inputs[index] != no_value; }
  const Value& input(std::size_t index) const { return graph.values[static_cast<std::size_t>(node.inputs[index])]; }
  const Value& output() const { return graph.values[static_cast<std::size_t>(node.output)]; }
  /// Null where the input isn't given or isn't a constant.
  const Tensor* constant(std::size_t index) const {
    return has_input(index) ? graph.constant_of(node.inputs[index]) : nullptr;
  }
  /// Whether the output and all inputs hold float32, which is all that XNNPACK's kernels are used for.
  bool all_float() const;
};

/// A kernel for an operation, each in the file of its basename. Null where XNNPACK has nothing for these attributes; a
/// kernel that is made may still refuse shapes.
using MadeKernel = std::unique_ptr<Kernel>;
MadeKernel make(const op::Binary& operation, const NodeContext& context);
MadeKernel make(const op::Concat& operation, const NodeContext& context);
MadeKernel make(const op::Convolution& operation, const NodeContext& context);
MadeKernel make(const op::DepthToSpace& operation, const NodeContext& context);
MadeKernel make(const op::FullyConnected& operation, const NodeContext& context);
MadeKernel make(const op::MatrixMultiply& operation, const NodeContext& context);
MadeKernel make(const op::Pad& operation, const NodeContext& context);
MadeKernel make(const op::Pool& operation, const NodeContext& context);
MadeKernel make(const op::Reduce& operation, const NodeContext& context);
MadeKernel make(const op::Reshape& operation, const NodeContext& context);
MadeKernel make(const op::Resize& operation, const NodeContext& context);
MadeKernel make(const op::Slice& operation, const NodeContext& context);
MadeKernel make(const op::Softmax& operation, const NodeContext& context);
MadeKernel make(const op::Transpose& operation, const NodeContext& context);
MadeKernel make(const op::TransposedConvolution& operation, const NodeContext& context);
MadeKernel make(const op::Unary& operation, const NodeContext& context);
/// XNNPACK has nothing for the others.
template <typename Operation> MadeKernel make(const Operation&, const NodeContext&) {
  return nullptr;
}

/// XNNPACK's kernel for a node, or null; null as well where its packed weights might take more than `most_bytes`.
MadeKernel make_kernel(const NodeContext& context, std::int64_t most_bytes);

/// The reference's loops as a kernel. `node` must outlive it.
MadeKernel make_reference_kernel(const Node& node);

/// `bytes` rounded up so that what follows is aligned, with slack for reads past the end in between.
constexpr std::int64_t padded_bytes(std::int64_t bytes) {
  return (bytes + static_cast<std::int64_t>(Tensor::slack) + 63) & ~std::int64_t{63};
}

/// Bytes of the table of XNNPACK's indirect convolutions, at most: a pointer for each tap of each output
/// pixel of one image, with rows rounded up to whole tiles.
std::int64_t indirection_bytes(const op::Window& window, const Shape& output);

/// Bytes of float32 weights (groups, outputs, inputs) as XNNPACK packs them, at most: outputs and inputs are rounded up
/// to whole tiles, and each output has a bias. Saturated at the largest int64.
std::int64_t packed_bytes(std::int64_t groups, std::int64_t outputs, std::int64_t inputs);

} // namespace ganlet::xnn
