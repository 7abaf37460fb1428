#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/budget.h"
#include "graph/graph.h"
#include "xnn/operator.h"

namespace ganlet::xnn {

/// The memory that a kernel reads and writes. Every buffer has `Tensor::slack` readable bytes after its end.
struct Buffers {
  std::span<const TensorView> inputs; ///< in the node's order; an empty view for an optional input that is left out
  TensorView output;
  std::byte* scratch = nullptr; ///< as many bytes as `reshape` asked for, 64-byte aligned; shared with other nodes
};

/// Runs one node. A kernel is made once, with its weights packed; `reshape` and `setup` are called when the batch
/// changes; after that, `run` always uses the same memory and allocates nothing.
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// An upper bound for the bytes that `reshape` makes a kernel keep besides its weights: tables that grow with the
  /// image, but not with the batch. In 64 bits, to be compared with a limit before `reshape` is called, where XNNPACK
  /// would overflow on wasm32.
  virtual std::int64_t table_bytes(std::span<const Shape> /*inputs*/, const Shape& /*output*/) const { return 0; }
  /// Adapts to shapes and returns the bytes of scratch that `run` needs, in 64 bits for the same reason. out_of_memory:
  /// more than this machine can address. Any other status than success: XNNPACK can't run these shapes.
  virtual xnn_status reshape(std::span<const Shape> inputs, const Shape& output, pthreadpool_t pool,
                             std::int64_t& scratch_bytes) = 0;
  virtual xnn_status setup(const Buffers& buffers) = 0;
  /// Errors: only those of the reference's loops, which depend on the data.
  virtual Result<void> run(pthreadpool_t pool) = 0;
  /// Runs within a budget, of which the node costs `units`. XNNPACK can't be stopped, so all units are taken before it
  /// starts; the reference's loops take them in small steps.
  virtual Result<void> run_within(Budget& budget, std::int64_t units, pthreadpool_t pool) {
    GANLET_CHECK(budget.take(units));
    return run(pool);
  }
};

/// The error of `run` if XNNPACK fails to run. It has checked everything before, so this isn't expected.
tl::unexpected<Error> failed_to_run();

/// A kernel that consists of one XNNPACK operator.
class OperatorKernel : public Kernel {
 public:
  Result<void> run(pthreadpool_t pool) override;

 protected:
  Operator operator_;
};

/// A node, with what is needed to make its kernel.
struct NodeContext {
  const Graph& graph;
  const Node& node;

  bool has_input(std::size_t index) const { return index < node.inputs.size() && node.inputs[index] != no_value; }
  const Value& input(std::size_t index) const { return graph.values[static_cast<std::size_t>(node.inputs[index])]; }
  const Value& output() const { return graph.values[static_cast<std::size_t>(node.output)]; }
  /// Null if the input is left out or isn't constant.
  const Tensor* constant(std::size_t index) const {
    return has_input(index) ? graph.constant_of(node.inputs[index]) : nullptr;
  }
  /// Whether the output and all inputs are float32, the only type for which most of XNNPACK's kernels are used.
  bool all_float() const;
};

/// Whether it multiplies with weights.
bool is_linear(const op::Any& operation);

/// Make a kernel for an operation, each in the file of its basename. Null if XNNPACK can't run it with these
/// attributes. The kernel may still refuse shapes.
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
/// XNNPACK isn't used for other operations.
template <typename Operation> MadeKernel make(const Operation&, const NodeContext&) {
  return nullptr;
}

/// XNNPACK's kernel for a node; null if there is none, or if its packed weights might take more than `most_bytes`.
MadeKernel make_kernel(const NodeContext& context, std::int64_t most_bytes);

/// The reference's loops as a kernel. `node` must outlive it.
MadeKernel make_reference_kernel(const Node& node);

/// `bytes` plus slack for reads past the end, rounded up so that the next block is aligned.
constexpr std::int64_t padded_bytes(std::int64_t bytes) {
  return (bytes + static_cast<std::int64_t>(Tensor::slack) + 63) & ~std::int64_t{63};
}

/// An upper bound for the bytes of the table of XNNPACK's indirect convolutions: a pointer for each tap of each output
/// pixel of one image, with rows rounded up to whole tiles.
std::int64_t indirection_bytes(const op::Window& window, const Shape& output);

/// An upper bound for the bytes of float32 weights (groups, outputs, inputs) as XNNPACK packs them: outputs and inputs
/// are rounded up to whole tiles, and each output has a bias. Saturated at the largest int64.
std::int64_t packed_bytes(std::int64_t groups, std::int64_t outputs, std::int64_t inputs);

} // namespace ganlet::xnn
