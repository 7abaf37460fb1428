#include <algorithm>

#include "core/text.h"
#include "graph/host_program.h"
#include "xnn/kernel.h"
#include "xnn/memory.h"
#include "xnn/xnn.h"

namespace ganlet::xnn {

namespace {

struct DestroyPool {
  void operator()(pthreadpool_t pool) const { pthreadpool_destroy(pool); }
};

std::size_t index_of(ValueId id) {
  return static_cast<std::size_t>(id);
}

/// The units for packing a node's weights: four bytes moved are one unit.
std::int64_t packing_units(const NodeContext& context) {
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < context.node.inputs.size(); ++i)
    if (const Tensor* const constant = context.constant(i))
      bytes += static_cast<std::int64_t>(constant->bytes());
  return bytes / 4;
}

class XnnProgram final : public HostProgram {
 public:
  using HostProgram::HostProgram;

  /// Makes the kernels and drops the weights that they have packed. If XNNPACK lacks a node's operation, or refuses its
  /// shapes for a batch of 1, the reference's loops run it.
  Result<void> make_kernels();

  std::string_view runs_on(std::size_t node) const override { return on_reference_[node] ? "reference" : "xnn"; }

 private:
  Result<std::int64_t> reshape_nodes(const MemoryPlan& plan) override;
  std::int64_t table_bytes() const override { return table_bytes_; }
  Result<void> setup_nodes(std::span<const TensorView> values, std::byte* scratch) override;
  Result<void> run_node(std::size_t node, std::int64_t units, Budget& budget) override {
    return kernels_[node]->run_within(budget, units, pool_.get());
  }
  std::int64_t packed_bytes() const override { return packed_bytes_; }
  bool fits(Kernel& kernel, std::span<const Shape> inputs, const Shape& output);

  std::unique_ptr<pthreadpool, DestroyPool> pool_; ///< null: everything on the caller's thread
  std::vector<MadeKernel> kernels_;                ///< by node
  std::vector<bool> on_reference_;                 ///< by node
  std::int64_t packed_bytes_ = 0;
  std::int64_t table_bytes_ = 0; ///< of all kernels' tables
};

/// The error of an operation that XNNPACK can't prepare, or that needs memory which was refused.
Result<void> outcome(const Node& node, xnn_status status) {
  if (const std::int64_t bytes = take_refused_bytes(); bytes > 0)
    return fail(ErrorCode::limit_exceeded, node.place,
                concat("there is not enough memory for another ", bytes, " bytes"));
  if (status != xnn_status_success)
    return fail(ErrorCode::unsupported, node.place, "XNNPACK refuses its shapes");
  return {};
}

Result<void> XnnProgram::make_kernels() {
  if (options().threads > 1)
    pool_.reset(pthreadpool_create(static_cast<std::size_t>(options().threads)));
  const std::int64_t before = allocated_bytes();
  Budget budget = options().load_budget();
  for (const Node& node : graph().nodes) {
    const NodeContext context{graph(), node};
    if (auto taken = budget.take(packing_units(context)); !taken)
      return tl::unexpected<Error>(std::move(taken).error().within(node.place));
    std::vector<Shape> inputs(node.inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (context.has_input(i)) {
        GANLET_TRY(inputs[i], resolve(context.input(i).shape, 1, options().limits, node.place));
      }
    GANLET_TRY(const Shape output, resolve(context.output().shape, 1, options().limits, node.place));
    MadeKernel kernel = make_kernel(context, options().limits.constant_bytes);
    const bool is_refused = !kernel || !fits(*kernel, inputs, output);
    GANLET_CHECK(outcome(node, xnn_status_success)); // it isn't left to the reference because memory is short
    kernels_.push_back(is_refused ? make_reference_kernel(node) : std::move(kernel));
    on_reference_.push_back(is_refused);
    if (!is_refused && is_linear(node.operation))
      for (const ValueId constant : std::span(node.inputs).subspan(1))
        release_constant(constant);
  }
  packed_bytes_ = allocated_bytes() - before;
  return {};
}

/// Whether XNNPACK can run these shapes and leaves room for activations: all tables together may take half of the
/// working memory, and so may a kernel's scratch. If so, the kernel's tables are added to the count.
bool XnnProgram::fits(Kernel& kernel, std::span<const Shape> inputs, const Shape& output) {
  // To XNNPACK a size of 0 means all there is, and if the result is an empty sum, 0, it writes nothing.
  const auto is_empty = [](const Shape& shape) { return shape.elements() == 0; };
  if (is_empty(output) || std::ranges::any_of(inputs, is_empty))
    return false;
  const std::int64_t half = options().limits.working_bytes / 2;
  const std::int64_t table_bytes = kernel.table_bytes(inputs, output);
  if (table_bytes > half - table_bytes_)
    return false;
  std::int64_t scratch_bytes = 0;
  if (kernel.reshape(inputs, output, pool_.get(), scratch_bytes) != xnn_status_success || scratch_bytes > half)
    return false;
  table_bytes_ += table_bytes;
  return true;
}

Result<std::int64_t> XnnProgram::reshape_nodes(const MemoryPlan& plan) {
  std::int64_t most = 0;
  std::vector<Shape> inputs;
  for (std::size_t i = 0; i < kernels_.size(); ++i) {
    const Node& node = graph().nodes[i];
    inputs.clear();
    for (const ValueId id : node.inputs)
      inputs.push_back(id == no_value ? Shape{} : plan.shape[index_of(id)]);
    std::int64_t bytes = 0;
    GANLET_CHECK(outcome(node, kernels_[i]->reshape(inputs, plan.shape[index_of(node.output)], pool_.get(), bytes)));
    most = std::max(most, bytes);
  }
  return most;
}

Result<void> XnnProgram::setup_nodes(std::span<const TensorView> values, std::byte* scratch) {
  std::vector<TensorView> inputs;
  for (std::size_t i = 0; i < kernels_.size(); ++i) {
    const Node& node = graph().nodes[i];
    inputs.clear();
    for (const ValueId id : node.inputs)
      inputs.push_back(id == no_value ? TensorView{} : values[index_of(id)]);
    GANLET_CHECK(outcome(node, kernels_[i]->setup({inputs, values[index_of(node.output)], scratch})));
  }
  return {};
}

Result<void> availability() {
  if (initialize() != xnn_status_success)
    return fail(ErrorCode::unsupported, "", "XNNPACK doesn't run on this processor");
  return {};
}

Result<std::unique_ptr<Program>> compile(Graph graph, const CompileOptions& options) {
  GANLET_CHECK(availability());
  auto program = std::make_unique<XnnProgram>(std::move(graph), options);
  GANLET_CHECK(program->make_kernels());
  return program;
}

} // namespace

const Backend backend{"xnn",         "fast: XNNPACK's SIMD kernels",
                      availability,  [](const Graph&, const Node&) { return Result<void>(); },
                      Preferences{}, compile};

} // namespace ganlet::xnn
