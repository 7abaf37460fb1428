#include <algorithm>

#include "core/text.h"
#include "onnx/read_parts.h"
#include "onnx/structure.h"

namespace ganlet::onnx {

namespace {

/// AttributeProto.AttributeType
enum AttributeType : std::int64_t {
  type_none = 0,
  type_float = 1,
  type_int = 2,
  type_string = 3,
  type_tensor = 4,
  type_graph = 5,
  type_floats = 6,
  type_ints = 7,
  type_strings = 8
};

/// The fields of an AttributeProto that ganlet reads; the type says which of them holds the value.
struct AttributeFields {
  AttributeType type = type_none;
  float real = 0;
  std::int64_t integer = 0;
  std::string_view text;
  std::span<const std::byte> tensor;
  std::string_view graph;
  std::vector<float> reals;
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;
};

/// Why an attribute with this type or field can't be read; empty if it can.
std::string_view refusal_of_type(std::int64_t type) {
  switch (type) {
  case type_graph:
    return reads_structure() ? "" : "subgraphs are not supported";
  case 10:
    return "subgraphs are not supported";
  case 9:
    return "lists of tensors are not supported";
  case 11:
  case 12:
    return "sparse tensors are not supported";
  case 13:
  case 14:
    return "type attributes are not supported";
  default:
    return "";
  }
}

std::string_view refusal_of_field(std::uint32_t field) {
  switch (field) {
  case 6:
    return refusal_of_type(type_graph);
  case 11:
    return refusal_of_type(10);
  case 10:
    return refusal_of_type(9);
  case 22:
  case 23:
    return refusal_of_type(11);
  case 14:
  case 15:
    return refusal_of_type(13);
  case 21:
    return "attributes of functions are not supported";
  default:
    return "";
  }
}

/// Files older than IR version 2 leave the type out; the field that is present then implies it.
AttributeType type_of_field(std::uint32_t field) {
  switch (field) {
  case 2:
    return type_float;
  case 3:
    return type_int;
  case 4:
    return type_string;
  case 5:
    return type_tensor;
  case 6:
    return type_graph;
  case 7:
    return type_floats;
  case 8:
    return type_ints;
  case 9:
    return type_strings;
  default:
    return type_none;
  }
}

void read_value_field(WireReader& wire, AttributeFields& fields) {
  switch (wire.field()) {
  case 2:
    fields.real = wire.real();
    break;
  case 3:
    fields.integer = wire.integer();
    break;
  case 4:
    fields.text = wire.text();
    break;
  case 5:
    fields.tensor = wire.bytes();
    break;
  case 6:
    fields.graph = wire.text();
    break;
  case 7:
    wire.append_to(fields.reals);
    break;
  case 8:
    wire.append_to(fields.integers);
    break;
  case 9:
    wire.append_to(fields.texts);
    break;
  default:
    break;
  }
}

Result<AttributeFields> read_fields(std::span<const std::byte> message, const std::string& place,
                                    ReadContext& context) {
  AttributeFields fields;
  AttributeType seen = type_none;
  WireReader wire(message, place, context.budget);
  while (wire.next()) {
    if (const auto refusal = refusal_of_field(wire.field()); !refusal.empty())
      return fail(ErrorCode::unsupported, place, std::string(refusal));
    if (wire.field() == 20) {
      const std::int64_t type = wire.integer();
      if (const auto refusal = refusal_of_type(type); !refusal.empty())
        return fail(ErrorCode::unsupported, place, std::string(refusal));
      if (type < type_none || type > type_strings)
        return fail(ErrorCode::corrupt, place, concat("has the unknown attribute type ", type));
      fields.type = static_cast<AttributeType>(type);
    } else if (const AttributeType type = type_of_field(wire.field()); type != type_none) {
      seen = type;
      read_value_field(wire, fields);
    }
  }
  GANLET_CHECK(wire.finish());
  if (fields.type == type_none)
    fields.type = seen;
  return fields;
}

} // namespace

Result<Attribute> read_attribute(std::span<const std::byte> message, const std::string& node_place,
                                 ReadContext& context) {
  const std::string_view name = find_text(message, 1);
  const std::string place = concat(node_place, " attribute '", printable(name), "'");
  GANLET_TRY(AttributeFields fields, read_fields(message, place, context));
  if (name.empty())
    return fail(ErrorCode::corrupt, place, "has no name");
  Attribute attribute{std::string(name), {}};
  switch (fields.type) {
  case type_none:
    return fail(ErrorCode::corrupt, place, "has neither a type nor a value");
  case type_float:
    attribute.value = fields.real;
    break;
  case type_int:
    attribute.value = fields.integer;
    break;
  case type_string:
    attribute.value = std::string(fields.text);
    break;
  case type_tensor: {
    GANLET_TRY(attribute.value, read_tensor(fields.tensor, place, context));
    break;
  }
  case type_graph:
    attribute.value = Subgraph{std::string(fields.graph), 0};
    break;
  case type_floats:
    attribute.value = std::move(fields.reals);
    break;
  case type_ints:
    attribute.value = std::move(fields.integers);
    break;
  case type_strings:
    attribute.value = std::move(fields.texts);
    break;
  }
  return attribute;
}

namespace {

/// Limits lists in which names are looked up one by one.
Result<void> check_count(std::size_t count, std::int64_t most, std::string_view what, const std::string& place) {
  if (static_cast<std::int64_t>(count) > most)
    return fail(ErrorCode::limit_exceeded, place, concat("has more than ", most, " ", what));
  return {};
}

constexpr std::int64_t most_attributes = 64; ///< of a node; ONNX's own have 15 at most

} // namespace

std::string name_in(std::string_view domain, std::string_view name) {
  return domain.empty() || domain == "ai.onnx" ? std::string(name) : concat(domain, ".", name);
}

Result<std::optional<std::int64_t>> read_opset(std::span<const std::byte> message, std::string_view place,
                                               MemoryBudget& memory) {
  std::string_view domain;
  std::int64_t version = 0;
  WireReader wire(message, place, memory);
  while (wire.next()) {
    if (wire.field() == 1)
      domain = wire.text();
    else if (wire.field() == 2)
      version = wire.integer();
  }
  GANLET_CHECK(wire.finish());
  return domain.empty() || domain == "ai.onnx" ? std::optional(version) : std::nullopt;
}

Result<Node> read_node(std::span<const std::byte> message, std::size_t index, ReadContext& context) {
  Node node;
  node.name = find_text(message, 3);
  node.op_type = name_in(find_text(message, 7), find_text(message, 4));
  const std::string place = place_of(index, node.op_type, node.name);
  WireReader wire(message, place, context.budget);
  while (wire.next()) {
    if (wire.field() == 1) {
      wire.append_to(node.inputs);
      GANLET_CHECK(check_count(node.inputs.size(), context.limits.nodes, "inputs", place));
    } else if (wire.field() == 2) {
      wire.append_to(node.outputs);
      GANLET_CHECK(check_count(node.outputs.size(), context.limits.nodes, "outputs", place));
    } else if (wire.field() == 5) {
      GANLET_TRY(const auto inner, wire.message(sizeof(Attribute)));
      if (reads_structure() && context.call) {
        GANLET_TRY(const bool is_bound, bind_attribute(inner, place, *context.call, node));
        if (is_bound)
          continue;
      }
      GANLET_TRY(Attribute attribute, read_attribute(inner, place, context));
      if (node.find(attribute.name))
        return fail(ErrorCode::corrupt, place, concat("attribute '", printable(attribute.name), "' is given twice"));
      node.attributes.push_back(std::move(attribute));
      GANLET_CHECK(check_count(node.attributes.size(), most_attributes, "attributes", place));
    }
  }
  GANLET_CHECK(wire.finish());
  if (find_text(message, 4).empty())
    return fail(ErrorCode::corrupt, place, "has no op_type");
  if (std::ranges::all_of(node.outputs, [](const std::string& name) { return name.empty(); }))
    return fail(ErrorCode::corrupt, place, "has no outputs");
  return node;
}

} // namespace ganlet::onnx
