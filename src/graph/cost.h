#pragma once

#include <cstdint>
#include <span>

#include "core/budget.h"
#include "core/tensor.h"
#include "graph/graph.h"

namespace ganlet {

/// The work of one operation, as the reference's loops do it; kernels do no more.
struct Cost {
  std::int64_t multiply_adds = 0; ///< of linear operations, in which networks are compared
  std::int64_t steps = 0;         ///< other arithmetic of about a multiply-add: elementary functions, walks over axes
  std::int64_t bytes = 0;         ///< moved: those read or those written, whichever are more

  /// In units of a `Budget`: a multiply-add, or four bytes moved.
  std::int64_t units() const;
};

/// What running `operation` on values of these types and shapes costs, saturated at the largest int64; their data isn't
/// looked at. tests/ops compares it with what the reference takes, and tools/bench with seconds.
Cost cost_of(const op::Any& operation, std::span<const TensorView> inputs, const TensorView& output);

/// The same for a node of a graph, given the shape of each value.
Cost cost_of(const Graph& graph, const Node& node, std::span<const Shape> shapes);

/// Whether all nodes can run with what is left of a budget, given the units of each. Errors: those of `Budget`, at the
/// node that would need more.
Result<void> check_budget(const Graph& graph, std::span<const std::int64_t> units, const Budget& budget);

} // namespace ganlet
