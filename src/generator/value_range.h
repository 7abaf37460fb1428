#pragma once

#include <optional>

#include "graph/graph.h"
#include "image/image.h"

namespace ganlet {

/// The interval that a value can't leave, derived from the ops that made it: Tanh, Sigmoid and Clip bound their output;
/// arithmetic with a single constant number moves the bounds; ops that only move elements keep them. Empty if no bound
/// is known.
std::optional<ValueRange> value_range_of(const Graph& graph, ValueId value);

} // namespace ganlet
