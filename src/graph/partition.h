#pragma once

#include <memory>
#include <span>
#include <vector>

#include "graph/backend.h"

namespace ganlet {

/// A part of a graph that one backend runs.
struct Part {
  const Backend* backend = nullptr;
  Graph graph;
  std::vector<std::size_t> nodes; ///< in the whole graph, by node of `graph`
  std::vector<ValueId> inputs;    ///< in the whole graph, in the order of `graph.inputs`
  std::vector<ValueId> outputs;   ///< the same of `graph.outputs`
};

/// Cuts a graph into parts that can run one after the other. A node goes to the first of `order` that can run it; the
/// last runs what no other can, and outputs that no node makes. A part takes as many nodes as it can before the next
/// one's turn. Constants move into the parts, and `whole` keeps their types and shapes. Errors: unsupported, where the
/// last can't run a node either.
Result<std::vector<Part>> partition(Graph& whole, std::span<const Backend* const> order);

/// Compiles each part by its backend, to run as one program. Where one backend runs all, that is its program. What one
/// part hands to the next stays on a device that both run on.
Result<std::unique_ptr<Program>> compile_parts(Graph graph, std::span<const Backend* const> order,
                                               const CompileOptions& options);

} // namespace ganlet
