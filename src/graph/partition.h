#pragma once

#include <memory>
#include <span>
#include <vector>

#include "graph/backend.h"

namespace ganlet {

/// A part of a graph, run by one backend.
struct Part {
  const Backend* backend = nullptr;
  Graph graph;
  std::vector<std::size_t> nodes; ///< for each node of `graph`, its index in the whole graph
  std::vector<ValueId> inputs;    ///< in the whole graph, in the order of `graph.inputs`
  std::vector<ValueId> outputs;   ///< in the whole graph, in the order of `graph.outputs`
};

/// Cuts a graph into parts that run one after another. Each node goes to the first backend of `order` that can run it;
/// the last backend also gets outputs that no node makes. A part takes as many nodes as it can before the next
/// backend's turn. Constants move into the parts; `whole` keeps only their types and shapes. Errors: unsupported, if no
/// backend can run a node.
Result<std::vector<Part>> partition(Graph& whole, std::span<const Backend* const> order);

/// Compiles each part with its backend, to run as one program. If one backend runs everything, the result is that
/// backend's program. Values passed between parts stay on a device if both parts run on it.
Result<std::unique_ptr<Program>> compile_parts(Graph graph, std::span<const Backend* const> order,
                                               const CompileOptions& options);

} // namespace ganlet
