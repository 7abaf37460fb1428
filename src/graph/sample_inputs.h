#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace ganlet {

/// Inputs with the shapes that a graph asks for: standard normal float32 numbers from a seed, and zeros for other
/// types. Errors: limit_exceeded.
Result<std::vector<Tensor>> sample_inputs(const Graph& graph, std::int64_t batch, std::uint64_t seed);

std::vector<TensorView> views_of(const std::vector<Tensor>& tensors);

} // namespace ganlet
