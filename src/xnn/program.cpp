#include <chrono>
#include <cstring>
#include <string>

#include "core/checked.h"
#include "core/text.h"
#include "graph/cost.h"
#include "graph/memory_plan.h"
#include "xnn/kernel.h"
#include "xnn/xnn.h"

namespace ganlet::xnn {

namespace {

struct DestroyPool {
  void operator()(pthreadpool_t pool) const { pthreadpool_destroy(pool); }
};

/// One block of memory whose start is aligned as `MemoryPlan` asks.
class Block {
 public:
  /// Room for `bytes`, and at most twice as much; what was there is lost.
  void ensure(std::size_t bytes) {
    if (bytes <= capacity_ && capacity_ / 2 <= bytes)
      return;
    owned_.reset();
    owned_ = std::make_unique_for_overwrite<std::byte[]>(bytes + MemoryPlan::alignment);
    capacity_ = bytes;
  }

  std::size_t capacity() const { return capacity_; }

  std::byte* data() const {
    const auto address = reinterpret_cast<std::uintptr_t>(owned_.get());
    return owned_.get() + (-address & (MemoryPlan::alignment - 1));
  }

 private:
  std::unique_ptr<std::byte[]> owned_;
  std::size_t capacity_ = 0;
};

class XnnProgram final : public Program {
 public:
  XnnProgram(std::shared_ptr<const Graph> graph, const CompileOptions& options)
      : graph_(std::move(graph)), options_(options) {}

  /// Makes the kernels; those that XNNPACK lacks, or that refuse the shapes of a batch of 1, become the reference's
  /// loops.
  Result<void> make_kernels();

  Result<std::span<const TensorView>> run(std::span<const TensorView> inputs) override;
  const Graph& graph() const override { return *graph_; }
  std::span<const double> node_milliseconds() const override { return milliseconds_; }
  std::int64_t working_bytes() const override { return working_bytes_; }
  std::string_view runs_on(std::size_t node) const override { return on_reference_[node] ? "reference" : "xnn"; }

 private:
  Result<void> prepare(std::int64_t batch);
  Result<std::int64_t> reshape_kernels(const MemoryPlan& plan);
  Result<void> place_values(const MemoryPlan& plan, std::int64_t scratch_bytes);
  Result<void> setup_kernels(std::byte* scratch);
  Result<void> run_kernels(Budget& budget);
  bool fits(Kernel& kernel, std::span<const Shape> inputs, const Shape& output);

  std::shared_ptr<const Graph> graph_;
  CompileOptions options_;
  std::unique_ptr<pthreadpool, DestroyPool> pool_; ///< null: everything on the caller's thread
  std::vector<MadeKernel> kernels_;                ///< by node
  std::vector<bool> on_reference_;                 ///< by node

  std::int64_t batch_ = -1;         ///< what the kernels are set up for; -1: for nothing
  std::vector<std::int64_t> units_; ///< by node
  Block block_;
  std::int64_t table_bytes_ = 0; ///< of all kernels' tables
  std::int64_t working_bytes_ = 0;
  std::vector<TensorView> views_; ///< by ValueId
  std::vector<TensorView> outputs_;
  std::vector<double> milliseconds_;
};

std::size_t index_of(ValueId id) {
  return static_cast<std::size_t>(id);
}

Result<void> XnnProgram::make_kernels() {
  if (options_.threads > 1)
    pool_.reset(pthreadpool_create(static_cast<std::size_t>(options_.threads)));
  for (const Node& node : graph_->nodes) {
    const NodeContext context{*graph_, node};
    std::vector<Shape> inputs(node.inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (context.has_input(i)) {
        GANLET_TRY(inputs[i], resolve(context.input(i).shape, 1, options_.limits, node.place));
      }
    GANLET_TRY(const Shape output, resolve(context.output().shape, 1, options_.limits, node.place));
    MadeKernel kernel = make_kernel(context, options_.limits.constant_bytes);
    const bool refused = !kernel || !fits(*kernel, inputs, output);
    kernels_.push_back(refused ? make_reference_kernel(node) : std::move(kernel));
    on_reference_.push_back(refused);
  }
  if (options_.profile)
    milliseconds_.resize(kernels_.size());
  return {};
}

/// Whether XNNPACK can run these shapes and leaves room for activations: all tables together may take half of the
/// working memory, and so may the scratch of a kernel. Counts the tables of one that fits.
bool XnnProgram::fits(Kernel& kernel, std::span<const Shape> inputs, const Shape& output) {
  const std::int64_t half = options_.limits.working_bytes / 2;
  const std::int64_t table_bytes = kernel.table_bytes(inputs, output);
  if (table_bytes > half - table_bytes_)
    return false;
  std::int64_t scratch_bytes = 0;
  if (kernel.reshape(inputs, output, pool_.get(), scratch_bytes) != xnn_status_success || scratch_bytes > half)
    return false;
  table_bytes_ += table_bytes;
  return true;
}

Result<void> XnnProgram::prepare(std::int64_t batch) {
  batch_ = -1;
  GANLET_TRY(const MemoryPlan plan, plan_memory(*graph_, batch, options_.limits));
  GANLET_TRY(const std::int64_t scratch_bytes, reshape_kernels(plan));
  GANLET_CHECK(place_values(plan, scratch_bytes));
  units_ = plan.units;
  batch_ = batch;
  return {};
}

/// Gives the bytes of scratch that the kernels share.
Result<std::int64_t> XnnProgram::reshape_kernels(const MemoryPlan& plan) {
  std::int64_t most = 0;
  std::vector<Shape> inputs;
  for (std::size_t i = 0; i < kernels_.size(); ++i) {
    const Node& node = graph_->nodes[i];
    inputs.clear();
    for (const ValueId id : node.inputs)
      inputs.push_back(id == no_value ? Shape{} : plan.shape[index_of(id)]);
    std::int64_t bytes = 0;
    const xnn_status status = kernels_[i]->reshape(inputs, plan.shape[index_of(node.output)], pool_.get(), bytes);
    if (status == xnn_status_out_of_memory)
      return fail(
          ErrorCode::limit_exceeded, node.place,
          concat("needs more memory than there is for output shape ", plan.shape[index_of(node.output)].text()));
    if (status != xnn_status_success)
      return fail(ErrorCode::unsupported, node.place,
                  concat("XNNPACK refuses output shape ", plan.shape[index_of(node.output)].text()));
    most = std::max(most, bytes);
  }
  return most;
}

/// The block holds the planned values, then copies of the inputs (the caller's lack the slack behind them), then the
/// scratch.
Result<void> XnnProgram::place_values(const MemoryPlan& plan, std::int64_t scratch_bytes) {
  std::int64_t bytes = plan.bytes;
  std::vector<std::int64_t> offset = plan.offset;
  for (const ValueId id : graph_->inputs) {
    offset[index_of(id)] = bytes;
    const TensorView shape_only{graph_->values[index_of(id)].type, plan.shape[index_of(id)], nullptr, {}};
    bytes += padded_bytes(static_cast<std::int64_t>(shape_only.bytes()));
  }
  // The one place where sizes narrow.
  const std::int64_t most = std::min<std::int64_t>(options_.limits.working_bytes, PTRDIFF_MAX) - table_bytes_;
  const std::int64_t total = bytes > most || scratch_bytes > most ? most + 1 : bytes + padded_bytes(scratch_bytes);
  if (total > most)
    return fail(ErrorCode::limit_exceeded, "graph",
                concat("needs more than ", options_.limits.working_bytes, " bytes of working memory"));
  block_.ensure(static_cast<std::size_t>(total));
  working_bytes_ = static_cast<std::int64_t>(block_.capacity()) + table_bytes_;

  views_.clear();
  for (std::size_t id = 0; id < graph_->values.size(); ++id) {
    const Value& value = graph_->values[id];
    if (value.constant)
      views_.push_back(graph_->constants[static_cast<std::size_t>(*value.constant)].view());
    else
      views_.push_back({value.type, plan.shape[id], offset[id] < 0 ? nullptr : block_.data() + offset[id], {}});
  }
  outputs_.clear();
  for (const ValueId id : graph_->outputs)
    outputs_.push_back(views_[index_of(id)]);
  return setup_kernels(block_.data() + bytes);
}

Result<void> XnnProgram::setup_kernels(std::byte* scratch) {
  std::vector<TensorView> inputs;
  for (std::size_t i = 0; i < kernels_.size(); ++i) {
    const Node& node = graph_->nodes[i];
    inputs.clear();
    for (const ValueId id : node.inputs)
      inputs.push_back(id == no_value ? TensorView{} : views_[index_of(id)]);
    if (kernels_[i]->setup({inputs, views_[index_of(node.output)], scratch}) != xnn_status_success)
      return fail(ErrorCode::unsupported, node.place, "XNNPACK failed to set up this operation");
  }
  return {};
}

Result<void> XnnProgram::run_kernels(Budget& budget) {
  using Clock = std::chrono::steady_clock;
  for (std::size_t i = 0; i < kernels_.size(); ++i) {
    const Clock::time_point start = options_.profile ? Clock::now() : Clock::time_point{};
    if (auto ran = kernels_[i]->run_within(budget, units_[i], pool_.get()); !ran)
      return tl::unexpected<Error>(std::move(ran).error().within(graph_->nodes[i].place));
    if (options_.profile)
      milliseconds_[i] = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }
  return {};
}

Result<std::span<const TensorView>> XnnProgram::run(std::span<const TensorView> inputs) {
  GANLET_TRY(const std::int64_t batch, batch_of(*graph_, inputs, options_.limits));
  if (batch != batch_)
    GANLET_CHECK(prepare(batch));
  Budget budget(options_.limits.run_units);
  GANLET_CHECK(check_budget(*graph_, units_, budget));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    std::memcpy(views_[index_of(graph_->inputs[i])].data, inputs[i].data, inputs[i].bytes());
  GANLET_CHECK(run_kernels(budget));
  return std::span<const TensorView>(outputs_);
}

Result<std::unique_ptr<Program>> compile(std::shared_ptr<const Graph> graph, const CompileOptions& options) {
  if (xnn_initialize(nullptr) != xnn_status_success)
    return fail(ErrorCode::unsupported, "", "XNNPACK doesn't run on this processor");
  auto program = std::make_unique<XnnProgram>(std::move(graph), options);
  GANLET_CHECK(program->make_kernels());
  return program;
}

} // namespace

const Backend backend{"xnn", compile};

} // namespace ganlet::xnn
