#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "graph/preferences.h"
#include "graph/program.h"

namespace ganlet {

/// A way to run graphs: a row of the table in backends/backends.h.
struct Backend {
  std::string_view name;        ///< "reference", "xnn"
  std::string_view description; ///< for people who choose, in a few words
  /// Whether this machine can run it: its instructions, its device.
  bool (*is_available)();
  /// Whether it can run a node. Shapes are those of the graph.
  bool (*can_run)(const Graph& graph, const Node& node);
  Preferences prefers; ///< to be given to `lower`
  /// Takes the graph, packs its weights and drops each constant that running won't read.
  Result<std::unique_ptr<Program>> (*compile)(Graph graph, const CompileOptions& options);
};

/// Checks inputs against the graph's and gives the batch that they agree on (1 where the graph has none).
/// Errors: invalid_argument, which names the input and both shapes; limit_exceeded.
Result<std::int64_t> batch_of(const Graph& graph, std::span<const Buffer> inputs, const Limits& limits);

} // namespace ganlet
