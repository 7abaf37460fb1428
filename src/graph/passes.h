#pragma once

#include <vector>

#include "graph/builder.h"

/// Passes turn a graph into another that computes the same. They run after lowering.
namespace ganlet {

class Pass {
 public:
  /// Emits the replacement for a node of the old graph, given the node's inputs in the new graph, and returns its
  /// output there. A value of the old graph that isn't `channels_last` may be represented in the new one by a value
  /// that is.
  virtual Result<ValueId> rewrite(Builder& builder, const Node& node, std::vector<ValueId> inputs) = 0;

 protected:
  ~Pass() = default;
};

/// The graph that results from applying a pass to each node. Nodes that nothing reads any more are dropped. `graph`
/// keeps its shapes but loses its constants.
Result<Graph> rewritten(Graph& graph, const LowerOptions& options, Budget& budget, Pass& pass);

/// The pass for `Preferences::channels_last`.
Result<Graph> lay_channels_last(Graph graph, const LowerOptions& options, Budget& budget);

/// Changes linear operations. For `Preferences::float_behind_modulation` and `folded_clamps`, as those say; and for
/// every backend, sums and products with a constant per channel, or with a single number, are folded into the weights
/// and bias of the operation before them.
Result<Graph> fold_into_linear(Graph graph, const LowerOptions& options, Budget& budget);

/// Runs all passes that `options.prefers` asks for.
Result<Graph> as_preferred(Graph graph, const LowerOptions& options, Budget& budget);

} // namespace ganlet
