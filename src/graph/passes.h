#pragma once

#include <vector>

#include "graph/builder.h"

/// Passes turn a graph into another that computes the same. Lowering itself does none of this.
namespace ganlet {

class Pass {
 public:
  /// What stands for a node of the old graph: emits it, with its inputs in the new graph, and gives its output there. A
  /// value of the old graph that isn't `channels_last` may stand in the new one as images that are.
  virtual Result<ValueId> rewrite(Builder& builder, const Node& node, std::vector<ValueId> inputs) = 0;

 protected:
  ~Pass() = default;
};

/// The graph that a pass makes, node by node. Nodes that nothing reads any more are dropped. `graph` keeps its shapes
/// and loses its constants.
Result<Graph> rewritten(Graph& graph, const LowerOptions& options, Budget& budget, Pass& pass);

/// `Preferences::channels_last`.
Result<Graph> lay_channels_last(Graph graph, const LowerOptions& options, Budget& budget);

/// What changes linear operations: `Preferences::float_behind_modulation` and `folded_clamps`; and for every backend,
/// sums and products with one constant for each channel, or one for all, go into the operation before them as its
/// weights and bias.
Result<Graph> fold_into_linear(Graph graph, const LowerOptions& options, Budget& budget);

/// All that `options.prefers` asks for.
Result<Graph> as_preferred(Graph graph, const LowerOptions& options, Budget& budget);

} // namespace ganlet
