#include "graph/host_program.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "core/checked.h"
#include "core/text.h"
#include "graph/cost.h"
#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

std::size_t index_of(ValueId id) {
  return static_cast<std::size_t>(id);
}

/// `bytes` plus slack for reads past the end, rounded up so that the next value is aligned; empty on overflow.
std::optional<std::int64_t> padded(std::int64_t bytes) {
  const auto all = checked_add(bytes, static_cast<std::int64_t>(Tensor::slack) + MemoryPlan::alignment - 1);
  return all ? std::optional(*all / MemoryPlan::alignment * MemoryPlan::alignment) : std::nullopt;
}

} // namespace

HostProgram::HostProgram(Graph graph, const CompileOptions& options)
    : graph_(std::move(graph)), options_(options), readers_(graph_.constants.size()) {
  const auto count = [&](ValueId id) {
    if (id != no_value && graph_.values[index_of(id)].constant)
      ++readers_[index_of(*graph_.values[index_of(id)].constant)];
  };
  for (const Node& node : graph_.nodes)
    for (const ValueId id : node.inputs)
      count(id);
  for (const ValueId id : graph_.outputs)
    count(id);
  if (options_.profile)
    milliseconds_.resize(graph_.nodes.size());
}

void HostProgram::release_constant(ValueId id) {
  if (id == no_value || options_.keep_constants)
    return;
  if (const auto constant = graph_.values[index_of(id)].constant; constant && --readers_[index_of(*constant)] == 0)
    graph_.constants[index_of(*constant)].drop_elements();
}

ProgramBytes HostProgram::bytes() const {
  ProgramBytes bytes{0, packed_bytes(), plan_bytes_};
  for (const Tensor& constant : graph_.constants)
    if (constant.has_elements())
      bytes.constants += static_cast<std::int64_t>(constant.bytes() + constant.scale.size() * sizeof(float));
  return bytes;
}

/// The aligned block, with room for at least `bytes` and at most twice as many; its old content is lost.
std::byte* HostProgram::reserve(std::size_t bytes) {
  if (bytes > capacity_ || bytes < capacity_ / 2) {
    capacity_ = 0;
    block_.reset();
    block_ = std::make_unique_for_overwrite<std::byte[]>(bytes + MemoryPlan::alignment);
    capacity_ = bytes;
  }
  const auto address = reinterpret_cast<std::uintptr_t>(block_.get());
  return block_.get() + (-address & (MemoryPlan::alignment - 1));
}

Result<void> HostProgram::prepare(std::int64_t batch) {
  batch_ = -1;
  GANLET_TRY(const MemoryPlan plan, plan_memory(graph_, batch, options_.limits));
  GANLET_TRY(const std::int64_t scratch_bytes, reshape_nodes(plan));
  std::vector<std::int64_t> offset = plan.offset;
  std::optional<std::int64_t> total = plan.bytes;
  const auto append = [&](std::int64_t bytes) {
    const auto more = padded(bytes);
    total = total && more ? checked_add(*total, *more) : std::nullopt;
  };
  // Inputs are copied: an output may be an input and must outlive the caller's array, which also has no slack after it.
  const auto place = [&](ValueId id) {
    offset[index_of(id)] = total.value_or(0);
    append(plan.shape[index_of(id)].elements() * static_cast<std::int64_t>(bytes_of(graph_.values[index_of(id)].type)));
  };
  std::ranges::for_each(graph_.inputs, place);
  if (has_seeds())
    place(graph_.seeds);
  const std::int64_t scratch = total.value_or(0);
  append(scratch_bytes);
  // The only place where sizes are narrowed to size_t.
  const std::int64_t most = std::min<std::int64_t>(options_.limits.working_bytes, PTRDIFF_MAX) - table_bytes();
  if (!total || *total > most)
    return fail(ErrorCode::limit_exceeded, "graph",
                concat("more than ", options_.limits.working_bytes,
                       " bytes of working memory are needed for a batch of ", batch));
  std::byte* const block = reserve(static_cast<std::size_t>(*total));
  plan_bytes_ = static_cast<std::int64_t>(capacity_) + table_bytes();
  place_values(plan, offset, block);
  GANLET_CHECK(setup_nodes(views_, block + scratch));
  units_ = plan.units;
  batch_ = batch;
  return {};
}

void HostProgram::place_values(const MemoryPlan& plan, const std::vector<std::int64_t>& offset, std::byte* block) {
  views_.clear();
  for (std::size_t id = 0; id < graph_.values.size(); ++id) {
    const Value& value = graph_.values[id];
    if (value.constant)
      views_.push_back(graph_.constants[index_of(*value.constant)].view());
    else
      views_.push_back({value.type, plan.shape[id], offset[id] < 0 ? nullptr : block + offset[id], {}});
  }
  outputs_.clear();
  for (const ValueId id : graph_.outputs)
    outputs_.push_back({views_[index_of(id)], nullptr});
}

bool HostProgram::has_seeds() const {
  return has_rare_parts() && graph_.seeds != no_value;
}

void HostProgram::write_seeds() {
  const std::span<std::int64_t> to = views_[index_of(graph_.seeds)].as<std::int64_t>();
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] = static_cast<std::int64_t>(i < seeds().size() ? seeds()[i] : i);
}

Result<void> HostProgram::begin(std::span<const Buffer> inputs, Budget& budget, std::span<const Place>) {
  using Clock = std::chrono::steady_clock;
  GANLET_TRY(const std::int64_t batch, batch_of(graph_, inputs, options_.limits));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].device)
      return fail(ErrorCode::invalid_argument,
                  concat("input '", printable(graph_.values[index_of(graph_.inputs[i])].name), "'"),
                  "lies on a device, which this backend can't read");
  if (batch != batch_)
    GANLET_CHECK(prepare(batch));
  GANLET_CHECK(check_budget(graph_, units_, budget));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (const std::size_t bytes = inputs[i].view.bytes(); bytes > 0)
      std::memcpy(views_[index_of(graph_.inputs[i])].data, inputs[i].view.data, bytes);
  if (has_seeds())
    write_seeds();
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
    const Clock::time_point start = options_.profile ? Clock::now() : Clock::time_point{};
    if (auto ran = run_node(n, units_[n], budget); !ran)
      return tl::unexpected<Error>(std::move(ran).error().within(graph_.nodes[n].place));
    if (options_.profile)
      milliseconds_[n] = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }
  return {};
}

} // namespace ganlet
