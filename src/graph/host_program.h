#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "graph/backend.h"
#include "graph/memory_plan.h"

namespace ganlet {

/// A program that computes on this machine, node by node, in one block of memory; `start` returns when all is done. A
/// derived class defines how a node runs; the block holds the planned values, copies of the inputs and the nodes'
/// scratch.
class HostProgram : public Program {
 public:
  HostProgram(Graph graph, const CompileOptions& options);

  const CompileOptions& options() const final { return options_; }
  const Graph& graph() const final { return graph_; }
  std::span<const double> node_milliseconds() const final { return milliseconds_; }
  ProgramBytes bytes() const final;

 protected:
  /// To be called when a node has packed this constant. The constant is dropped once no node reads it at run time.
  void release_constant(ValueId id);

  /// Adapts the nodes to the shapes of a plan, and returns the bytes of scratch that they share.
  virtual Result<std::int64_t> reshape_nodes(const MemoryPlan& plan) = 0;
  /// `values` says where each value lies, by ValueId, until the next call. Each has `Tensor::slack` readable bytes
  /// after it.
  virtual Result<void> setup_nodes(std::span<const TensorView> values, std::byte* scratch) = 0;
  /// Runs a node, which costs `units` (graph/cost.h). Errors, without a place: those of `Budget::take`.
  virtual Result<void> run_node(std::size_t node, std::int64_t units, Budget& budget) = 0;
  /// Bytes that the nodes keep besides weights and scratch; they count as working memory.
  virtual std::int64_t table_bytes() const { return 0; }
  /// Bytes of weights in the nodes' own layout.
  virtual std::int64_t packed_bytes() const = 0;

 private:
  Result<void> begin(std::span<const Buffer> inputs, Budget& budget, std::span<const Place> wanted) final;
  Result<bool> advance(bool) final { return true; }
  void stop() final {}
  std::span<const Buffer> answers() const final { return outputs_; }

  Result<void> prepare(std::int64_t batch);
  void place_values(const MemoryPlan& plan, const std::vector<std::int64_t>& offset, std::byte* block);
  std::byte* reserve(std::size_t bytes);
  bool has_seeds() const;
  void write_seeds();

  Graph graph_;
  CompileOptions options_;
  std::vector<int> readers_;        ///< by constant: nodes that read it at run time, plus outputs that it is
  std::int64_t batch_ = -1;         ///< the batch that the nodes are set up for; -1: none
  std::vector<std::int64_t> units_; ///< by node, for that batch
  std::unique_ptr<std::byte[]> block_;
  std::size_t capacity_ = 0; ///< of the block, from the first aligned byte on
  std::int64_t plan_bytes_ = 0;
  std::vector<TensorView> views_; ///< by ValueId
  std::vector<Buffer> outputs_;
  std::vector<double> milliseconds_;
};

} // namespace ganlet
