#include "onnx/reader.h"

#include <algorithm>

#include "core/text.h"
#include "onnx/read_parts.h"
#include "onnx/structure.h"
#include "onnx/upgrade.h"

namespace ganlet::onnx {

namespace {

/// The memory of an initializer in the map, besides its elements and its name.
constexpr std::size_t initializer_memory = sizeof(std::pair<std::string, Tensor>) + 4 * sizeof(void*);

/// Fields of ModelProto.
enum ModelField : std::uint32_t {
  ir_version = 1,
  producer_name = 2,
  producer_version = 3,
  graph = 7,
  opset_import = 8,
  metadata_props = 14,
  functions = 25
};

/// Whether the first field is one that a ModelProto may begin with, which rules out most other files.
bool begins_like_a_model(std::span<const std::byte> bytes) {
  const auto tag = take_varint(bytes);
  if (!tag)
    return false;
  const std::uint64_t field = *tag >> 3, type = *tag & 7;
  const bool is_number = field == ir_version || field == 5;
  const bool is_message = (field >= 2 && field <= 4) || (field >= 6 && field <= 8) || field == metadata_props ||
                          field == 20 || field == functions || field == 26;
  return type == 0 ? is_number : type == 2 && is_message;
}

/// Takes the version of an OperatorSetIdProto, if it is of ONNX's own domain.
Result<void> take_opset(std::span<const std::byte> message, ReadContext& context, Model& model) {
  GANLET_TRY(const auto given, read_opset(message, "model.opset_import", context.budget));
  if (!given)
    return {};
  const std::int64_t version = *given;
  if (model.opset != 0 && model.opset != version)
    return fail(ErrorCode::corrupt, "model.opset_import",
                concat("asks for opset ", model.opset, " and for opset ", version));
  if (version < first_opset || version > last_opset)
    return fail(ErrorCode::unsupported, "model.opset_import",
                concat("opset ", version, " is not supported, only ", first_opset, " to ", last_opset,
                       " are; onnx.version_converter.convert_version(model, 17) converts it"));
  model.opset = version;
  return {};
}

/// StringStringEntryProto
Result<std::pair<std::string, std::string>> read_metadata(std::span<const std::byte> message, ReadContext& context) {
  std::pair<std::string, std::string> entry;
  WireReader wire(message, "model.metadata_props", context.budget);
  while (wire.next()) {
    if (wire.field() == 1)
      entry.first = wire.text();
    else if (wire.field() == 2)
      entry.second = wire.text();
  }
  GANLET_CHECK(wire.finish());
  return entry;
}

Result<void> read_initializer(std::span<const std::byte> message, std::size_t index, ReadContext& context,
                              Model& model) {
  const std::string_view name = find_text(message, 8);
  const std::string place = concat("graph.initializer[", index, "] '", printable(name), "'");
  GANLET_TRY(Tensor tensor, read_tensor(message, place, context));
  if (name.empty())
    return fail(ErrorCode::corrupt, place, "has no name");
  if (!model.initializers.emplace(name, std::move(tensor)).second)
    return fail(ErrorCode::corrupt, place, "is given twice");
  return {};
}

/// Appends an input or output of the graph.
Result<void> read_value(std::span<const std::byte> message, std::string_view kind, ReadContext& context,
                        std::vector<ValueInfo>& values) {
  if (static_cast<std::int64_t>(values.size()) == context.limits.nodes)
    return fail(ErrorCode::limit_exceeded, "graph", concat("has more than ", context.limits.nodes, " ", kind, "s"));
  GANLET_TRY(ValueInfo value, read_value_info(message, kind, values.size(), context));
  values.push_back(std::move(value));
  return {};
}

/// GraphProto
Result<void> read_graph(std::span<const std::byte> message, ReadContext& context, Model& model) {
  std::size_t initializer_count = 0;
  WireReader wire(message, "graph", context.budget);
  while (wire.next()) {
    if (wire.field() == 1) {
      if (static_cast<std::int64_t>(model.nodes.size()) == context.limits.nodes)
        return fail(ErrorCode::limit_exceeded, "graph", concat("has more than ", context.limits.nodes, " nodes"));
      GANLET_TRY(const auto inner, wire.message(sizeof(Node)));
      GANLET_TRY(Node node, read_node(inner, model.nodes.size(), context));
      model.nodes.push_back(std::move(node));
    } else if (wire.field() == 2) {
      model.graph_name = wire.text();
    } else if (wire.field() == 5) {
      GANLET_TRY(const auto inner, wire.message(initializer_memory));
      GANLET_CHECK(read_initializer(inner, initializer_count++, context, model));
    } else if (wire.field() == 11) {
      GANLET_TRY(const auto inner, wire.message(sizeof(ValueInfo)));
      GANLET_CHECK(read_value(inner, "input", context, model.inputs));
    } else if (wire.field() == 12) {
      GANLET_TRY(const auto inner, wire.message(sizeof(ValueInfo)));
      GANLET_CHECK(read_value(inner, "output", context, model.outputs));
    } else if (wire.field() == 15) {
      return fail(ErrorCode::unsupported, "graph.sparse_initializer", "sparse tensors are not supported");
    }
  }
  return wire.finish();
}

/// ModelProto
Result<void> read_model(std::span<const std::byte> message, ReadContext& context, Model& model) {
  bool has_graph = false;
  std::string_view version;
  WireReader wire(message, "model", context.budget);
  while (wire.next()) {
    if (wire.field() == ir_version) {
      model.ir_version = wire.integer();
    } else if (wire.field() == producer_name) {
      model.producer = wire.text();
    } else if (wire.field() == producer_version) {
      version = wire.text();
    } else if (wire.field() == graph) {
      if (has_graph)
        return fail(ErrorCode::corrupt, "model", "has two graphs");
      has_graph = true;
      GANLET_TRY(const auto inner, wire.message());
      GANLET_CHECK(read_graph(inner, context, model));
    } else if (wire.field() == opset_import) {
      GANLET_TRY(const auto inner, wire.message());
      GANLET_CHECK(take_opset(inner, context, model));
    } else if (wire.field() == metadata_props) {
      GANLET_TRY(const auto inner, wire.message(sizeof(model.metadata[0])));
      GANLET_TRY(auto entry, read_metadata(inner, context));
      model.metadata.push_back(std::move(entry));
    } else if (wire.field() == functions && !reads_structure()) {
      return fail(ErrorCode::unsupported, "model.functions", "this engine doesn't read functions");
    }
  }
  GANLET_CHECK(wire.finish());
  if (!has_graph)
    return fail(ErrorCode::corrupt, "model", "has no graph");
  if (!version.empty())
    model.producer += concat(model.producer.empty() ? "" : " ", version);
  return {};
}

/// Files of IR version 3 list initializers among the inputs too, and later ones may, so that callers can override them.
void drop_inputs_with_initializers(Model& model) {
  std::erase_if(model.inputs, [&](const ValueInfo& input) { return model.initializers.contains(input.name); });
}

} // namespace

Result<Model> read(std::span<const std::byte> bytes, const Limits& limits) {
  Budget budget(limits.load_units);
  return read(bytes, limits, budget);
}

Result<Model> read(std::span<const std::byte> bytes, const Limits& limits, Budget& budget) {
  if (bytes.empty())
    return fail(ErrorCode::corrupt, "model", "the file is empty");
  if (static_cast<std::uint64_t>(bytes.size()) > static_cast<std::uint64_t>(limits.file_bytes))
    return fail(ErrorCode::limit_exceeded, "model",
                concat("the file has ", bytes.size(), " bytes, more than the limit of ", limits.file_bytes));
  if (const auto kind = foreign_kind(bytes); !kind.empty())
    return fail(ErrorCode::corrupt, "model", concat("not an ONNX file: got ", kind));
  if (!begins_like_a_model(bytes))
    return fail(ErrorCode::corrupt, "model", "not an ONNX file");

  Model model;
  ReadContext context{limits, budget, MemoryBudget(4 * limits.file_bytes), nullptr};
  GANLET_CHECK(context.take(static_cast<std::int64_t>(bytes.size()), "model"));
  GANLET_CHECK(read_model(bytes, context, model));
  if (model.opset == 0)
    return fail(ErrorCode::corrupt, "model.opset_import", "doesn't say which opset of ONNX the model needs");
  if (model.outputs.empty())
    return fail(ErrorCode::corrupt, "graph", "has no outputs");
  GANLET_CHECK(resolve_structure(bytes, model, context));
  drop_inputs_with_initializers(model);
  GANLET_CHECK(check_and_order(model));
  GANLET_CHECK(upgrade(model));
  return model;
}

} // namespace ganlet::onnx
