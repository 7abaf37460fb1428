#include "webgpu/checked.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "gpu/self_check.h"
#include "gpu/tile_check.h"
#include "graph/onnx_ops.h"
#include "graph/partition.h"
#include "webgpu/device.h"
#include "webgpu/webgpu.h"

namespace ganlet::webgpu {

namespace {

/// What is known of the only device.
struct Checked {
  std::set<std::size_t> operations; ///< by index in op::Any
  std::optional<gpu::TileSpeeds> speeds;
  std::map<std::size_t, std::string> faults;
};
Checked& checked() {
  static Checked all;
  return all;
}

CompileOptions plain_options(const CompileOptions& options) {
  CompileOptions plain;
  plain.stop = options.stop;
  return plain;
}

/// A program that compares its operations with the reference in its first run, before it computes anything.
class CheckedProgram final : public Program {
 public:
  CheckedProgram(std::unique_ptr<Program> program, Graph graph, Compile compile, Evaluate evaluate,
                 gpu::SelfCheck check)
      : program_(std::move(program)), graph_(std::move(graph)), compile_(compile), evaluate_(evaluate),
        check_(std::move(check)), packing_(device()->submit()) {}

  const CompileOptions& options() const override { return program_->options(); }
  const Graph& graph() const override { return program_->graph(); }
  std::span<const double> node_milliseconds() const override { return program_->node_milliseconds(); }
  ProgramBytes bytes() const override { return program_->bytes(); }
  std::span<const NodeWork> node_work() const override { return program_->node_work(); }
  std::string_view runs_on(std::size_t node) const override { return program_->runs_on(node); }

 private:
  Result<void> begin(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted) override {
    run_.reset();
    GANLET_CHECK(batch_of(graph(), inputs, options().limits));
    inputs_.assign(inputs.begin(), inputs.end());
    wanted_.assign(wanted.begin(), wanted.end());
    budget_ = &budget;
    return is_checked_ ? start() : Result<void>();
  }

  Result<bool> advance(bool may_block) override {
    if (!is_checked_) {
      GANLET_CHECK(budget_->check(0));
      GANLET_TRY(const bool is_checked, advance_check(may_block));
      if (!is_checked)
        return false;
      GANLET_CHECK(start());
    }
    return advance_within(*run_, may_block);
  }

  void stop() override { run_.reset(); }
  std::span<const Buffer> answers() const override { return run_->outputs(); }

  Result<void> start() {
    if (has_rare_parts())
      program_->seed(seeds());
    GANLET_TRY(run_, program_->start(inputs_, *budget_, wanted_));
    return {};
  }

  Result<bool> advance_check(bool may_block) {
    if (packing_ != 0) { // what the device refuses of it isn't the first case's
      Result<bool> packed = device()->is_done(packing_, may_block);
      if (packed && !*packed)
        return false;
      packing_ = 0;
      if (!packed && packed.error().code() != ErrorCode::unsupported)
        return packed;
    }
    if (check_) {
      GANLET_TRY(const bool done, check_->advance(may_block));
      if (!done)
        return false;
      for (const gpu::Fault& fault : check_->faults())
        checked().faults.emplace(fault.operation, fault.reason);
      for (const Node& node : graph_.nodes)
        checked().operations.insert(node.operation.index());
      changes_ = !check_->faults().empty();
      check_.reset();
    }
    GANLET_TRY(const bool is_measured, measure_tiles(may_block));
    if (!is_measured)
      return false;
    if (changes_) {
      const CompileOptions options = program_->options();
      GANLET_TRY(program_, compile_(std::move(graph_), options));
    }
    graph_ = {};
    is_checked_ = true;
    return true;
  }

  /// On a GPU, once: whether it is done. Programs that were compiled before don't know of it.
  Result<bool> measure_tiles(bool may_block) {
    if (checked().speeds || device()->is_software())
      return true;
    if (!tiles_)
      tiles_.emplace(backend, plain_options(program_->options()), device()->name(), evaluate_);
    GANLET_TRY(const bool done, tiles_->advance(may_block));
    if (!done)
      return false;
    checked().speeds = tiles_->speeds();
    device()->set_tile_speeds(tiles_->speeds());
    tiles_.reset();
    changes_ = true;
    return true;
  }

  std::unique_ptr<Program> program_;
  Graph graph_; ///< as it was, until it has been checked
  Compile compile_;
  Evaluate evaluate_;
  std::optional<gpu::SelfCheck> check_; ///< until it is done
  std::optional<gpu::TileCheck> tiles_; ///< while it measures
  bool is_checked_ = false;
  bool changes_ = false; ///< the program has to be compiled again, by what was found
  gpu::Ticket packing_;  ///< of what the program's compilation asked for

  std::vector<Buffer> inputs_; ///< of the run in progress
  std::vector<Place> wanted_;
  Budget* budget_ = nullptr;
  std::optional<Run> run_; ///< behind the program, which outlives it
};

} // namespace

std::string fault_of(std::size_t operation) {
  const auto found = checked().faults.find(operation);
  return found == checked().faults.end() ? "" : found->second;
}

Result<std::unique_ptr<Program>> compile_checked(Graph graph, const CompileOptions& options, Compile compile,
                                                 Evaluate evaluate) {
  std::set<std::size_t> unknown;
  for (const Node& node : graph.nodes)
    if (!checked().operations.contains(node.operation.index()))
      unknown.insert(node.operation.index());
  if (unknown.empty())
    return compile(std::move(graph), options);
  Graph whole = graph.clone();
  GANLET_TRY(std::unique_ptr<Program> program, compile(std::move(graph), options));
  gpu::SelfCheck check(backend, plain_options(options), device()->name(), evaluate,
                       [&](std::size_t operation) { return unknown.contains(operation); });
  return std::make_unique<CheckedProgram>(std::move(program), std::move(whole), compile, evaluate, std::move(check));
}

} // namespace ganlet::webgpu
