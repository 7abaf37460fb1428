#pragma once

#include <cstdint>
#include <span>

#include "core/budget.h"
#include "core/tensor.h"
#include "graph/graph.h"

namespace ganlet {

/// The work of one operation as the reference's loops do it; other backends' kernels do no more.
struct Cost {
  std::int64_t multiply_adds = 0; ///< of linear operations only: the usual measure of networks
  std::int64_t steps = 0; ///< other arithmetic, about a multiply-add each: elementary functions, walks over axes
  std::int64_t bytes = 0; ///< bytes moved: those read or those written, whichever are more

  /// The total in units of a `Budget`: one multiply-add, or four bytes moved.
  std::int64_t units() const;
};

/// What running `operation` on values of these types and shapes costs, saturated at the largest int64; the values'
/// elements aren't read. tests/ops compares it with the units that the reference takes, tools/bench with seconds.
Cost cost_of(const op::Any& operation, std::span<const TensorView> inputs, const TensorView& output);

/// The same for a node of a graph, given the shape of each value.
Cost cost_of(const Graph& graph, const Node& node, std::span<const Shape> shapes);

/// Checks that a budget has enough units left for all nodes, given the units of each. Errors: those of `Budget::check`,
/// at the first node that would need more.
Result<void> check_budget(const Graph& graph, std::span<const std::int64_t> units, const Budget& budget);

} // namespace ganlet
