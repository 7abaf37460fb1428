#pragma once

#include <optional>

#include "graph/graph.h"
#include "image/image.h"

namespace ganlet {

/// The interval that a value can't leave, as far as the ops that made it tell: Tanh, Sigmoid and Clip bound what they
/// write; arithmetic with one constant number moves the bounds; what only moves elements keeps them. Nothing where no
/// bound is known.
std::optional<ValueRange> value_range_of(const Graph& graph, ValueId value);

} // namespace ganlet
