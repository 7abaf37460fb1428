#pragma once

#include <optional>

#include "generator/model_description.h"
#include "graph/graph.h"
#include "image/image.h"

namespace ganlet {

/// What networks' values for black and white usually are.
inline constexpr ValueRange usual_ranges[] = {{0, 1}, {-1, 1}, {0, 255}};

/// The interval that a value can't leave, derived from the ops that made it: Tanh, Sigmoid and Clip bound their output;
/// arithmetic with a single constant number moves the bounds; ops that only move elements keep them. Empty if no bound
/// is known.
std::optional<ValueRange> value_range_of(const Graph& graph, ValueId value);
/// The range that the description gives, else that of the value.
std::optional<ValueRange> known_range(const ModelDescription& description, const Graph& graph, ValueId value);

} // namespace ganlet
