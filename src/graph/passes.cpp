#include "graph/passes.h"

#include <algorithm>

#include "core/channels.h"
#include "core/text.h"
#include "graph/onnx_ops.h"

namespace ganlet {

namespace {

std::vector<int> readers_of(const Graph& graph) {
  std::vector<int> readers(graph.values.size());
  for (const Node& node : graph.nodes)
    for (const ValueId id : node.inputs)
      if (id != no_value)
        ++readers[id];
  for (const ValueId id : graph.outputs)
    ++readers[id];
  return readers;
}

/// Whether these are images of 1, 3 or 4 channels, which an output may give channels last.
bool is_picture(const Value& value) {
  const Dim channels = file_shape(value)[1];
  return !channels.per_batch && is_channel_count(channels.count);
}

} // namespace

Result<Graph> rewritten(Graph& graph, const LowerOptions& options, Budget& budget, Pass& pass) {
  Builder builder(options, budget, "graph");
  const std::vector<int> readers = readers_of(graph);
  std::vector<ValueId> now(graph.values.size(), no_value);
  for (const ValueId id : graph.inputs) {
    now[id] = builder.input(graph.values[id].name, graph.values[id].type, graph.values[id].shape);
    builder.add_readers(now[id], readers[id]);
  }
  if (has_rare_parts() && graph.seeds != no_value)
    now[graph.seeds] = builder.seeds();
  for (std::size_t id = 0; id < graph.values.size(); ++id)
    if (const Value& value = graph.values[id]; value.constant) {
      GANLET_TRY(now[id], builder.moved_constant(std::move(graph.constants[*value.constant]), value.channels_last));
    }
  for (const Node& node : graph.nodes) {
    builder.at(node.place);
    GANLET_CHECK(builder.take(1024 + 64 * static_cast<std::int64_t>(node.inputs.size())));
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs)
      inputs.push_back(id == no_value ? no_value : now[id]);
    GANLET_TRY(const ValueId made, pass.rewrite(builder, node, inputs));
    // The result may be an input that was passed on or changed in place; then the node is no longer one of its readers.
    builder.add_readers(made, readers[node.output] - static_cast<int>(std::ranges::count(inputs, made)));
    now[node.output] = made;
  }
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const ValueId id = graph.outputs[i];
    builder.at(concat("graph.output[", i, "] '", printable(graph.values[id].name), "'"));
    ValueId output = now[id];
    if (builder.value(output).channels_last && !is_picture(builder.value(output))) {
      GANLET_TRY(output, builder.plain(output));
    }
    GANLET_CHECK(builder.output(output, graph.values[id].name));
  }
  return std::move(builder).finish();
}

Result<Graph> as_preferred(Graph graph, const LowerOptions& options, Budget& budget) {
  if (options.prefers.channels_last) {
    GANLET_TRY(graph, lay_channels_last(std::move(graph), options, budget));
  }
  return fold_into_linear(std::move(graph), options, budget);
}

} // namespace ganlet
