#include "onnx/subgraphs.h"

#include <algorithm>
#include <set>

#include "core/text.h"
#include "onnx/rewrite.h"
#include "onnx/upgrade.h"

namespace ganlet::onnx {

namespace {

using Bytes = std::span<const std::byte>;
using Names = std::set<std::string, std::less<>>;

constexpr int deepest = 16; ///< graphs within graphs

Bytes bytes_of(const Subgraph& subgraph) {
  return std::as_bytes(std::span(subgraph.bytes));
}

Result<void> add_reads(Bytes graph, const std::string& place, int depth, ReadContext& context, Names& reads);

/// NodeProto: adds what it reads, also in its own subgraphs, and what it makes.
Result<void> add_node(Bytes node, const std::string& place, int depth, ReadContext& context, Names& reads,
                      Names& made) {
  WireReader wire(node, place, context.budget);
  while (wire.next()) {
    if (wire.field() == 1) {
      reads.emplace(wire.text());
    } else if (wire.field() == 2) {
      made.emplace(wire.text());
    } else if (wire.field() == 5) {
      GANLET_TRY(const Bytes attribute, wire.message());
      WireReader inner(attribute, place, context.budget);
      while (inner.next())
        if (inner.field() == 6) {
          GANLET_TRY(const Bytes graph, inner.message(2 * sizeof(std::string)));
          GANLET_CHECK(add_reads(graph, place, depth + 1, context, reads));
        }
      GANLET_CHECK(inner.finish());
    }
  }
  return wire.finish();
}

/// GraphProto: adds the names that it reads and doesn't make.
Result<void> add_reads(Bytes graph, const std::string& place, int depth, ReadContext& context, Names& reads) {
  if (depth > deepest)
    return fail(ErrorCode::limit_exceeded, place, concat("has more than ", deepest, " graphs within each other"));
  GANLET_CHECK(context.take(static_cast<std::int64_t>(graph.size()), place));
  Names own, made;
  WireReader wire(graph, place, context.budget);
  while (wire.next()) {
    if (wire.field() != 1 && wire.field() != 5 && wire.field() != 11 && wire.field() != 12)
      continue;
    GANLET_TRY(const Bytes message, wire.message(4 * sizeof(std::string)));
    if (wire.field() == 1)
      GANLET_CHECK(add_node(message, place, depth, context, own, made));
    else if (wire.field() == 12)
      own.emplace(find_text(message, 1));
    else
      made.emplace(find_text(message, wire.field() == 5 ? 8 : 1));
  }
  GANLET_CHECK(wire.finish());
  for (const std::string& name : own)
    if (!name.empty() && !made.contains(name))
      reads.insert(name);
  return {};
}

} // namespace

Result<void> add_outer_reads(Model& model, ReadContext& context) {
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    Node& node = model.nodes[i];
    Names reads;
    bool has_graphs = false;
    for (Attribute& attribute : node.attributes)
      if (auto* const subgraph = std::get_if<Subgraph>(&attribute.value)) {
        subgraph->opset = model.opset;
        has_graphs = true;
        const std::string place = place_of(i, node.op_type, node.name);
        GANLET_CHECK(add_reads(bytes_of(*subgraph), place, 1, context, reads));
      }
    if (has_graphs)
      node.inputs.resize(std::max(own_inputs(node), node.inputs.size()));
    if (has_graphs)
      node.inputs.insert(node.inputs.end(), reads.begin(), reads.end());
  }
  return {};
}

Result<Model> read_subgraph(const Subgraph& subgraph, const Limits& limits, Budget& budget) {
  ReadContext context{limits, budget, MemoryBudget(4 * limits.file_bytes), nullptr};
  GANLET_CHECK(context.take(static_cast<std::int64_t>(subgraph.bytes.size()), "graph"));
  Model model;
  model.opset = subgraph.opset;
  WireReader wire(bytes_of(subgraph), "graph", context.budget);
  while (wire.next()) {
    if (wire.field() == 1) {
      GANLET_TRY(const Bytes inner, wire.message(sizeof(Node)));
      GANLET_TRY(Node node, read_node(inner, model.nodes.size(), context));
      model.nodes.push_back(std::move(node));
    } else if (wire.field() == 5) {
      GANLET_TRY(const Bytes inner, wire.message(sizeof(Tensor)));
      const std::string name(find_text(inner, 8));
      GANLET_TRY(Tensor tensor, read_tensor(inner, concat("graph.initializer '", printable(name), "'"), context));
      model.initializers.insert_or_assign(name, std::move(tensor));
    } else if (wire.field() == 11 || wire.field() == 12) {
      GANLET_TRY(const Bytes inner, wire.message(sizeof(ValueInfo)));
      (wire.field() == 11 ? model.inputs : model.outputs).push_back({std::string(find_text(inner, 1)), {}, {}});
    } else if (wire.field() == 15) {
      return fail(ErrorCode::unsupported, "graph.sparse_initializer", "sparse tensors are not supported");
    }
  }
  GANLET_CHECK(wire.finish());
  GANLET_CHECK(add_outer_reads(model, context));
  GANLET_CHECK(upgrade(model));
  return model;
}

} // namespace ganlet::onnx
