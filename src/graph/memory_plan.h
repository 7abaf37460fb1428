#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace ganlet {

/// The offset in one block of memory of each value that nodes write. Values with disjoint lifetimes share bytes; each
/// value is followed by `Tensor::slack` bytes of its own. A Reshape's output shares its input's bytes if both are in
/// the plan.
struct MemoryPlan {
  static constexpr std::int64_t unplanned = -1;
  static constexpr std::int64_t alignment = 64;

  std::vector<std::int64_t> offset; ///< by ValueId; `unplanned` for constants and graph inputs
  std::vector<Shape> shape;         ///< by ValueId, for this batch
  std::int64_t bytes = 0;
  std::vector<std::int64_t> units; ///< by node: what it costs for this batch
};

/// Plans greedily by size (Pisarchyk and Lee 2020, Efficient Memory Management for Deep Neural Net Inference, section
/// 4). Outputs of the graph live until the end. Offsets are multiples of `alignment`. Errors: limit_exceeded
/// (`working_bytes`, `tensor_elements`).
Result<MemoryPlan> plan_memory(const Graph& graph, std::int64_t batch, const Limits& limits,
                               std::int64_t alignment = MemoryPlan::alignment);

} // namespace ganlet
