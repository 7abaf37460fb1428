#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace ganlet {

/// Where each value that nodes write lies in one block of memory. Values whose lifetimes don't meet share bytes; each
/// is followed by `Tensor::slack` bytes of its own. A Reshape's output shares its input's place where both live in the
/// plan.
struct MemoryPlan {
  static constexpr std::int64_t unplanned = -1;
  static constexpr std::int64_t alignment = 64;

  std::vector<std::int64_t> offset; ///< by ValueId; `unplanned` for constants and graph inputs
  std::vector<Shape> shape;         ///< by ValueId, for this batch
  std::int64_t bytes = 0;
  std::vector<std::int64_t> units; ///< by node: what it costs for this batch
};

/// Greedy by size (Pisarchyk and Lee 2020, Efficient Memory Management for Deep Neural Net Inference, section 4).
/// Outputs of the graph live to the end. Errors: limit_exceeded (`working_bytes`, `tensor_elements`).
Result<MemoryPlan> plan_memory(const Graph& graph, std::int64_t batch, const Limits& limits);

} // namespace ganlet
