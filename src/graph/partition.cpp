#include "graph/partition.h"

#include <algorithm>
#include <optional>

#include "core/text.h"
#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

std::size_t index_of(ValueId id) {
  return static_cast<std::size_t>(id);
}

/// The nodes that one part runs.
struct Share {
  const Backend* backend = nullptr;
  std::vector<std::size_t> nodes;
};

Result<std::vector<const Backend*>> runners_of(const Graph& graph, std::span<const Backend* const> order) {
  std::vector<const Backend*> runners;
  for (const Node& node : graph.nodes) {
    const auto found =
        std::ranges::find_if(order, [&](const Backend* backend) { return backend->can_run(graph, node).has_value(); });
    if (found == order.end())
      return fail(ErrorCode::unsupported, node.place, "no backend runs this operation");
    runners.push_back(*found);
  }
  return runners;
}

/// Backends take turns: the backend of the first remaining node takes all its nodes whose inputs are available.
std::vector<Share> shares_of(const Graph& graph, std::span<const Backend* const> runners) {
  std::vector<bool> made(graph.values.size(), true);
  for (const Node& node : graph.nodes)
    made[index_of(node.output)] = false;
  std::vector<Share> shares;
  std::vector<bool> taken(graph.nodes.size());
  for (std::size_t first = 0; first < graph.nodes.size(); ++first) {
    if (taken[first])
      continue;
    Share& share = shares.emplace_back(Share{runners[first], {}});
    for (std::size_t n = first; n < graph.nodes.size(); ++n) {
      const Node& node = graph.nodes[n];
      const auto is_there = [&](ValueId id) { return id == no_value || made[index_of(id)]; };
      if (taken[n] || runners[n] != share.backend || !std::ranges::all_of(node.inputs, is_there))
        continue;
      taken[n] = true;
      made[index_of(node.output)] = true;
      share.nodes.push_back(n);
    }
  }
  return shares;
}

/// Builds the graphs of the parts, in order.
class Cutter {
 public:
  Cutter(Graph& whole, std::span<const Share> shares)
      : whole_(whole), shares_(shares), maker_(whole.values.size(), none), last_reader_(whole.values.size(), none) {
    for (std::size_t part = 0; part < shares.size(); ++part)
      for (const std::size_t n : shares[part].nodes) {
        const Node& node = whole.nodes[n];
        maker_[index_of(node.output)] = part;
        for (const ValueId id : node.inputs)
          if (id != no_value)
            last_reader_[index_of(id)] = part; // parts come in order, so the last one wins
      }
    for (const ValueId id : whole.outputs)
      last_reader_[index_of(id)] = shares.size();
  }

  Part cut(std::size_t part) {
    part_ = {shares_[part].backend, {}, shares_[part].nodes, {}, {}};
    local_.assign(whole_.values.size(), no_value);
    for (const std::size_t n : part_.nodes) {
      Node node = whole_.nodes[n];
      for (ValueId& id : node.inputs)
        id = id == no_value ? no_value : read(id, part);
      node.output = add(whole_.nodes[n].output);
      part_.graph.nodes.push_back(std::move(node));
    }
    for (const std::size_t n : part_.nodes)
      if (const ValueId id = whole_.nodes[n].output;
          last_reader_[index_of(id)] != none && last_reader_[index_of(id)] > part)
        give(id);
    return finished();
  }

  /// A part without nodes, for outputs that are inputs or constants of the whole graph; empty if there are no such
  /// outputs.
  std::optional<Part> rest(const Backend& backend) {
    part_ = {&backend, {}, {}, {}, {}};
    local_.assign(whole_.values.size(), no_value);
    for (const ValueId id : whole_.outputs)
      if (maker_[index_of(id)] == none && local_[index_of(id)] == no_value) {
        read(id, shares_.size());
        give(id);
      }
    return part_.outputs.empty() ? std::nullopt : std::optional(finished());
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  ValueId add(ValueId id) {
    local_[index_of(id)] = static_cast<ValueId>(part_.graph.values.size());
    part_.graph.values.push_back(whole_.values[index_of(id)]);
    return local_[index_of(id)];
  }

  ValueId read(ValueId id, std::size_t part) {
    if (local_[index_of(id)] != no_value)
      return local_[index_of(id)];
    const ValueId local = add(id);
    if (const auto constant = whole_.values[index_of(id)].constant) {
      Tensor& tensor = whole_.constants[index_of(*constant)];
      part_.graph.values.back().constant = static_cast<std::int32_t>(part_.graph.constants.size());
      part_.graph.constants.push_back(last_reader_[index_of(id)] == part ? std::move(tensor) : tensor.clone());
    } else if (has_rare_parts() && id == whole_.seeds) {
      part_.graph.seeds = local;
    } else {
      part_.graph.inputs.push_back(local);
      part_.inputs.push_back(id);
    }
    return local;
  }

  void give(ValueId id) {
    part_.graph.outputs.push_back(local_[index_of(id)]);
    part_.outputs.push_back(id);
  }

  /// A part learns the batch from its inputs; if none of them depends on it, an input of the whole graph is added.
  Part finished() {
    const auto tells = [&](ValueId id) {
      return std::ranges::any_of(whole_.values[index_of(id)].shape,
                                 [](Dim dim) { return dim.per_batch && dim.count > 0; });
    };
    if (std::ranges::none_of(part_.inputs, tells))
      if (const auto found = std::ranges::find_if(whole_.inputs, tells); found != whole_.inputs.end())
        read(*found, shares_.size());
    return std::move(part_);
  }

  Graph& whole_;
  std::span<const Share> shares_;
  std::vector<std::size_t> maker_;       ///< by ValueId: the part that makes it
  std::vector<std::size_t> last_reader_; ///< by ValueId: of the parts; behind them are the whole graph's outputs
  Part part_;
  std::vector<ValueId> local_; ///< by ValueId of the whole graph, in the part
};

/// A compiled part.
struct Stage {
  std::unique_ptr<Program> program;
  std::vector<std::size_t> nodes;
  std::vector<ValueId> inputs, outputs;
  std::vector<bool> shared; ///< by output: only parts of the same backend read it, and perhaps the caller
  std::vector<Buffer> given;
  std::vector<Place> wanted;
};

class PartedProgram final : public Program {
 public:
  PartedProgram(Graph graph, std::vector<Stage> stages, const CompileOptions& options)
      : graph_(std::move(graph)), stages_(std::move(stages)), options_(options), values_(graph_.values.size()),
        stage_of_(graph_.nodes.size()), work_(graph_.nodes.size()) {
    for (std::size_t stage = 0; stage < stages_.size(); ++stage)
      for (std::size_t n = 0; n < stages_[stage].nodes.size(); ++n)
        stage_of_[stages_[stage].nodes[n]] = {stage, n};
    if (options_.profile)
      milliseconds_.resize(graph_.nodes.size());
  }

  const CompileOptions& options() const override { return options_; }
  const Graph& graph() const override { return graph_; }
  std::span<const double> node_milliseconds() const override { return milliseconds_; }
  std::span<const NodeWork> node_work() const override { return work_; }
  std::string_view runs_on(std::size_t node) const override {
    const auto [stage, n] = stage_of_[node];
    return stages_[stage].program->runs_on(n);
  }
  ProgramBytes bytes() const override {
    ProgramBytes all;
    for (const Stage& stage : stages_) {
      const ProgramBytes bytes = stage.program->bytes();
      all = {all.constants + bytes.constants, all.packed + bytes.packed, all.plan + bytes.plan};
    }
    return all;
  }

 private:
  Result<void> begin(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted) override;
  Result<bool> advance(bool may_block) override;
  void stop() override { run_.reset(); }
  std::span<const Buffer> answers() const override { return outputs_; }

  Result<void> start_stage();
  void finish_stage();

  Graph graph_;
  std::vector<Stage> stages_;
  CompileOptions options_;
  std::vector<Buffer> values_; ///< by ValueId: graph inputs, and outputs of stages that have run
  std::vector<std::pair<std::size_t, std::size_t>> stage_of_; ///< by node: the stage, and the node there
  std::vector<Buffer> outputs_;
  std::vector<double> milliseconds_;
  std::vector<NodeWork> work_;

  Budget* budget_ = nullptr; ///< of the run under way
  std::size_t at_ = 0;       ///< the stage that runs
  std::optional<Run> run_;
};

Result<void> PartedProgram::begin(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted) {
  GANLET_CHECK(batch_of(graph_, inputs, options_.limits));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    values_[index_of(graph_.inputs[i])] = inputs[i];
  for (Stage& stage : stages_)
    for (std::size_t i = 0; i < stage.outputs.size(); ++i)
      stage.wanted[i] = stage.shared[i] ? Place::device : Place::host;
  // Outputs of the whole graph go to the place that the caller wants.
  for (std::size_t i = 0; i < graph_.outputs.size(); ++i)
    if (i >= wanted.size() || wanted[i] == Place::host)
      for (Stage& stage : stages_)
        for (std::size_t k = 0; k < stage.outputs.size(); ++k)
          if (stage.outputs[k] == graph_.outputs[i])
            stage.wanted[k] = Place::host;
  budget_ = &budget;
  at_ = 0;
  return {};
}

Result<void> PartedProgram::start_stage() {
  Stage& stage = stages_[at_];
  for (std::size_t i = 0; i < stage.inputs.size(); ++i)
    stage.given[i] = values_[index_of(stage.inputs[i])];
  if (has_rare_parts())
    stage.program->seed(seeds());
  GANLET_TRY(run_, stage.program->start(stage.given, *budget_, stage.wanted));
  return {};
}

void PartedProgram::finish_stage() {
  const Stage& stage = stages_[at_];
  const std::span<const Buffer> outputs = run_->outputs();
  for (std::size_t i = 0; i < outputs.size(); ++i)
    values_[index_of(stage.outputs[i])] = outputs[i];
  const std::span<const double> times = stage.program->node_milliseconds();
  for (std::size_t n = 0; n < std::min(times.size(), milliseconds_.size()); ++n)
    milliseconds_[stage.nodes[n]] = times[n];
  const std::span<const NodeWork> work = stage.program->node_work();
  for (std::size_t n = 0; n < work.size(); ++n)
    work_[stage.nodes[n]] = work[n];
  run_.reset();
  ++at_;
}

Result<bool> PartedProgram::advance(bool may_block) {
  while (at_ < stages_.size()) {
    if (!run_)
      GANLET_CHECK(start_stage());
    Result<bool> done = advance_within(*run_, may_block);
    if (!done)
      run_.reset();
    if (!done || !*done)
      return done;
    finish_stage();
  }
  outputs_.clear();
  for (const ValueId id : graph_.outputs)
    outputs_.push_back(values_[index_of(id)]);
  return true;
}

/// Whether all parts that read a value run on the backend that makes it.
bool stays(const std::vector<Part>& parts, const Part& maker, ValueId id) {
  return std::ranges::none_of(parts, [&](const Part& part) {
    return part.backend != maker.backend && std::ranges::find(part.inputs, id) != part.inputs.end();
  });
}

} // namespace

Result<std::vector<Part>> partition(Graph& whole, std::span<const Backend* const> order) {
  GANLET_TRY(const std::vector<const Backend*> runners, runners_of(whole, order));
  const std::vector<Share> shares = shares_of(whole, runners);
  Cutter cutter(whole, shares);
  std::vector<Part> parts;
  for (std::size_t part = 0; part < shares.size(); ++part)
    parts.push_back(cutter.cut(part));
  if (auto rest = cutter.rest(*order.back()))
    parts.push_back(std::move(*rest));
  return parts;
}

Result<std::unique_ptr<Program>> compile_parts(Graph graph, std::span<const Backend* const> order,
                                               const CompileOptions& options) {
  GANLET_TRY(const std::vector<const Backend*> runners, runners_of(graph, order));
  const Backend* const first = runners.empty() ? order.back() : runners[0];
  if (std::ranges::all_of(runners, [&](const Backend* runner) { return runner == first; }))
    return first->compile(std::move(graph), options);
  GANLET_TRY(std::vector<Part> parts, partition(graph, order));
  std::vector<Stage> stages;
  for (Part& part : parts) {
    Stage& stage = stages.emplace_back();
    stage.nodes = part.nodes;
    stage.inputs = part.inputs;
    stage.outputs = part.outputs;
    for (const ValueId id : part.outputs)
      stage.shared.push_back(stays(parts, part, id));
    stage.given.resize(part.inputs.size());
    stage.wanted.resize(part.outputs.size());
    GANLET_TRY(stage.program, part.backend->compile(std::move(part.graph), options));
  }
  return std::unique_ptr<Program>(std::make_unique<PartedProgram>(std::move(graph), std::move(stages), options));
}

} // namespace ganlet
