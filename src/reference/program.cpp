#include <chrono>
#include <cstring>

#include "core/checked.h"
#include "core/text.h"
#include "graph/cost.h"
#include "graph/memory_plan.h"
#include "reference/reference.h"

namespace ganlet::reference {

namespace {

class ReferenceProgram final : public Program {
 public:
  ReferenceProgram(std::shared_ptr<const Graph> graph, const CompileOptions& options)
      : graph_(std::move(graph)), options_(options) {
    if (options_.profile)
      milliseconds_.resize(graph_->nodes.size());
  }

  Result<std::span<const TensorView>> run(std::span<const TensorView> inputs) override;
  const Graph& graph() const override { return *graph_; }
  std::span<const double> node_milliseconds() const override { return milliseconds_; }
  std::int64_t working_bytes() const override { return working_bytes_; }
  std::string_view runs_on(std::size_t) const override { return "reference"; }

 private:
  Result<void> prepare(std::int64_t batch);
  void place_values(const MemoryPlan& plan, const std::vector<std::int64_t>& offset);
  const TensorView& view(ValueId id) const { return views_[static_cast<std::size_t>(id)]; }

  std::shared_ptr<const Graph> graph_;
  CompileOptions options_;
  std::int64_t batch_ = -1;         ///< what the views are for; -1: for nothing
  std::vector<std::int64_t> units_; ///< by node
  std::vector<std::byte> block_;
  std::int64_t working_bytes_ = 0;
  std::vector<TensorView> views_;                    ///< by ValueId
  std::vector<std::vector<TensorView>> node_inputs_; ///< by node
  std::vector<TensorView> outputs_;
  std::vector<double> milliseconds_;
};

/// The block holds the planned values and behind them copies of the inputs: an output may be one, and must outlive the
/// caller's.
Result<void> ReferenceProgram::prepare(std::int64_t batch) {
  batch_ = -1;
  GANLET_TRY(const MemoryPlan plan, plan_memory(*graph_, batch, options_.limits));
  std::vector<std::int64_t> offset = plan.offset;
  std::int64_t bytes = plan.bytes;
  for (const ValueId id : graph_->inputs) {
    const auto index = static_cast<std::size_t>(id);
    const auto wanted = plan.shape[index].elements() * static_cast<std::int64_t>(bytes_of(graph_->values[index].type));
    offset[index] = bytes;
    const auto total =
        checked_add(bytes, (wanted + MemoryPlan::alignment - 1) / MemoryPlan::alignment * MemoryPlan::alignment);
    if (!total || *total > options_.limits.working_bytes)
      return fail(ErrorCode::limit_exceeded, "graph",
                  concat("more than ", options_.limits.working_bytes,
                         " bytes of working memory are needed for a batch of ", batch));
    bytes = *total;
  }
  units_ = plan.units;
  block_.assign(static_cast<std::size_t>(bytes), std::byte{0});
  working_bytes_ = bytes;
  place_values(plan, offset);
  batch_ = batch;
  return {};
}

void ReferenceProgram::place_values(const MemoryPlan& plan, const std::vector<std::int64_t>& offset) {
  views_.clear();
  for (std::size_t id = 0; id < graph_->values.size(); ++id) {
    const Value& value = graph_->values[id];
    if (value.constant)
      views_.push_back(graph_->constants[static_cast<std::size_t>(*value.constant)].view());
    else
      views_.push_back({value.type, plan.shape[id], offset[id] < 0 ? nullptr : block_.data() + offset[id], {}});
  }
  node_inputs_.clear();
  for (const Node& node : graph_->nodes) {
    std::vector<TensorView>& inputs = node_inputs_.emplace_back();
    for (const ValueId id : node.inputs)
      inputs.push_back(id == no_value ? TensorView{} : view(id));
  }
  outputs_.clear();
  for (const ValueId id : graph_->outputs)
    outputs_.push_back(view(id));
}

Result<std::span<const TensorView>> ReferenceProgram::run(std::span<const TensorView> inputs) {
  using Clock = std::chrono::steady_clock;
  GANLET_TRY(const std::int64_t batch, batch_of(*graph_, inputs, options_.limits));
  if (batch != batch_)
    GANLET_CHECK(prepare(batch));
  Budget budget(options_.limits.run_units);
  GANLET_CHECK(check_budget(*graph_, units_, budget));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].bytes() > 0)
      std::memcpy(view(graph_->inputs[i]).data, inputs[i].data, inputs[i].bytes());
  for (std::size_t n = 0; n < graph_->nodes.size(); ++n) {
    const Node& node = graph_->nodes[n];
    const Clock::time_point start = options_.profile ? Clock::now() : Clock::time_point{};
    if (auto done = evaluate(node.operation, node_inputs_[n], view(node.output), budget); !done)
      return tl::unexpected<Error>(std::move(done).error().within(node.place));
    if (options_.profile)
      milliseconds_[n] = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }
  return std::span<const TensorView>(outputs_);
}

Result<std::unique_ptr<Program>> compile(std::shared_ptr<const Graph> graph, const CompileOptions& options) {
  return std::unique_ptr<Program>(std::make_unique<ReferenceProgram>(std::move(graph), options));
}

} // namespace

const Backend backend{"reference", compile};

} // namespace ganlet::reference
