#include "generator/picture_outputs.h"

#include <algorithm>
#include <utility>

#include "core/channels.h"
#include "core/text.h"

namespace ganlet {

namespace {

/// Puts a node behind an output, whose name and place the result gets.
void append(Graph& graph, ValueId& output, op::Any operation, DataType type, SymbolicShape shape) {
  const auto made = static_cast<ValueId>(graph.values.size());
  Value value{graph.values[output].name, type, std::move(shape), graph.values[output].channels_last, {}};
  graph.values[output].name += " (as in the file)";
  graph.nodes.push_back({std::move(operation), {output}, made, concat("graph.output '", printable(value.name), "'")});
  graph.values.push_back(std::move(value));
  output = made;
}

/// Whether a network takes what one picture needs.
bool draws_one(const Graph& graph) {
  return !graph.has_batch() && std::ranges::all_of(graph.inputs, [&](ValueId id) {
    const SymbolicShape& shape = graph.values[id].shape;
    return shape.size() < 2 || shape[0].count == 1;
  });
}

/// Whether it is one picture, without an axis for a batch.
bool lacks_batch(const Graph& graph, const SymbolicShape& shape) {
  if (shape.empty() || shape[0].count == 1 || !draws_one(graph))
    return false;
  return shape.size() == 2 ||
         (shape.size() == 3 && (is_channel_count(shape[0].count) || is_channel_count(shape[2].count)));
}

} // namespace

void make_picture_outputs(Graph& graph) {
  for (ValueId& output : graph.outputs) {
    if (graph.values[output].constant)
      continue;
    if (graph.values[output].type == DataType::int64 && graph.values[output].shape.size() > 1)
      append(graph, output, op::Cast{}, DataType::float32, graph.values[output].shape);
    if (graph.values[output].type != DataType::float32 || !lacks_batch(graph, graph.values[output].shape))
      continue;
    SymbolicShape shape = graph.values[output].shape;
    shape.insert(shape.begin(), {1, false});
    append(graph, output, op::Reshape{}, DataType::float32, std::move(shape));
  }
}

} // namespace ganlet
