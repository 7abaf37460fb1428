#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace ganlet {

struct CompileOptions {
  int threads = 1; ///< at least 1; backends without threads ignore it
  Limits limits;
  bool profile = false; ///< measure each node on each run
};

/// A Graph made ready to run. Not thread-safe: one caller at a time.
class Program {
 public:
  virtual ~Program() = default;

  /// Runs the network once. `inputs` are in the order and types of `graph().inputs`; the batch is read from their first
  /// axes. The views returned, in the order of `graph().outputs`, are valid until the next run. Memory is allocated
  /// when the batch differs from the run before, and not otherwise. Errors: invalid_argument (shape or type of an
  /// input, a label outside its range), limit_exceeded.
  virtual Result<std::span<const TensorView>> run(std::span<const TensorView> inputs) = 0;

  virtual const Graph& graph() const = 0;
  /// Milliseconds that each node took in the last run, in the order of `graph().nodes`; empty without `profile`.
  virtual std::span<const double> node_milliseconds() const = 0;
  /// Bytes of activations for the batch that was run last.
  virtual std::int64_t working_bytes() const = 0;
  /// What runs a node: the backend's own kernels, or "reference" where it has none.
  virtual std::string_view runs_on(std::size_t node) const = 0;
};

/// A way to run graphs. `compile` keeps the graph, and packs its constants once.
struct Backend {
  std::string_view name; ///< "reference", "xnn"
  Result<std::unique_ptr<Program>> (*compile)(std::shared_ptr<const Graph> graph, const CompileOptions& options);
};

/// Checks inputs against the graph's and gives the batch that they agree on (1 where the graph has none).
/// Errors: invalid_argument, which names the input and both shapes; limit_exceeded.
Result<std::int64_t> batch_of(const Graph& graph, std::span<const TensorView> inputs, const Limits& limits);

} // namespace ganlet
