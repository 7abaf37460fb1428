#pragma once

#include <cstdint>
#include <optional>

#include "graph/graph.h"

namespace ganlet {

/// How a picture can be cut along one side so that a network makes of each tile what it makes of the whole: tiles start
/// at multiples of `period`, and of a tile's result, what belongs to its first `before` and last `after` pixels isn't
/// used, unless the tile ends there with the picture. All three are in pixels of the input and multiples of `period`.
struct SideTiling {
  std::int64_t period = 1;
  std::int64_t before = 0;
  std::int64_t after = 0;
  bool operator==(const SideTiling&) const = default;
};

/// The tiling for a network from its first input to its first output, along one side of the picture, which is axis `in`
/// of the input and `out` of the output (in memory). Empty if an element of the result depends on the whole side, as
/// after InstanceNormalization, on its place in it, as after adding a constant of the picture's size, or in a way that
/// isn't followed here.
std::optional<SideTiling> tiling_along(const Graph& graph, std::size_t in, std::size_t out);

} // namespace ganlet
