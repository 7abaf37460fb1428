#pragma once

#include <cstdint>

#include "graph/graph.h"

namespace ganlet {

/// The fewest bytes that a batch moves if each operation that sums many elements, or picks among them, is a pass over
/// its inputs, and all others, which compute element by element or only move elements, are done on the way in one of
/// the passes. What a pass makes for others is written once, and read once by each of them; so are the graph's inputs,
/// and weights, in the form in which the file has them.
std::int64_t least_bytes_of(const Graph& graph, std::int64_t batch);

} // namespace ganlet
