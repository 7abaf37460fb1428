#include "onnx/writer.h"

#include <algorithm>
#include <bit>
#include <set>

#include "core/wire_writer.h"
#include "onnx/element_type.h"
#include "onnx/rewrite.h"
#include "onnx/wire.h"

namespace ganlet::onnx {

namespace {

/// TensorProto
WireWriter tensor_message(const Tensor& tensor, std::string_view name) {
  WireWriter message;
  for (const std::int64_t size : tensor.shape().sizes())
    message.integer(1, size);
  message.integer(2, code_of(tensor.type()));
  if (!name.empty())
    message.text(8, name);
  message.bytes(raw_data, {static_cast<const std::byte*>(tensor.view().data), tensor.bytes()});
  return message;
}

/// The field of an AttributeProto that holds a value and the number of its type, one for each alternative of
/// `AttributeValue`, in its order.
struct AttributeKind {
  std::uint32_t field;
  std::int64_t type;
};
constexpr AttributeKind attribute_kinds[] = {{3, 2}, {2, 1}, {4, 3}, {5, 4}, {8, 7}, {7, 6}, {9, 8}, {6, 5}};
static_assert(std::size(attribute_kinds) == std::variant_size_v<AttributeValue>);

void write_value(WireWriter& to, std::uint32_t field, std::int64_t value) {
  to.integer(field, value);
}
void write_value(WireWriter& to, std::uint32_t field, float value) {
  to.real(field, value);
}
void write_value(WireWriter& to, std::uint32_t field, const std::string& value) {
  to.text(field, value);
}
void write_value(WireWriter& to, std::uint32_t field, const Tensor& value) {
  to.message(field, tensor_message(value, ""));
}
void write_value(WireWriter& to, std::uint32_t field, const Subgraph& value) {
  to.text(field, value.bytes);
}
template <typename T> void write_value(WireWriter& to, std::uint32_t field, const std::vector<T>& values) {
  for (const T& value : values)
    write_value(to, field, value);
}

/// AttributeProto
WireWriter attribute_message(const Attribute& attribute) {
  const AttributeKind kind = attribute_kinds[attribute.value.index()];
  WireWriter message;
  message.text(1, attribute.name);
  std::visit([&](const auto& value) { write_value(message, kind.field, value); }, attribute.value);
  message.integer(20, kind.type);
  return message;
}

/// Tensors in the model no longer have some of the file's element types (int32 became int64; float16 and double became
/// float32), so nodes that produce such a type must produce the kept one too.
Attribute with_kept_type(const Node& node, const Attribute& attribute) {
  const bool names_a_type =
      (node.op_type == "Cast" && attribute.name == "to") || (node.op_type == "EyeLike" && attribute.name == "dtype");
  if (const auto* code = std::get_if<std::int64_t>(&attribute.value); names_a_type && code)
    if (const auto type = element_type(*code, ""))
      return {attribute.name, code_of(type->becomes)};
  return {};
}

/// What stands before an operator's own name; empty for ONNX's own, whose names may have dots in files that nothing
/// runs.
std::string_view domain_of(const Node& node) {
  const std::string_view name = node.op_type;
  const std::size_t dot = name.rfind('.');
  const bool has_domain = dot != std::string::npos && dot + 1 < name.size() && name.substr(0, dot) != "ai.onnx";
  return name.substr(0, has_domain ? dot : 0);
}

/// NodeProto
WireWriter node_message(const Node& node) {
  WireWriter message;
  for (const std::string& name : std::span(node.inputs).first(std::min(own_inputs(node), node.inputs.size())))
    message.text(1, name);
  for (const std::string& name : node.outputs)
    message.text(2, name);
  if (!node.name.empty())
    message.text(3, node.name);
  const std::string_view op_type = node.op_type, domain = domain_of(node);
  message.text(4, domain.empty() ? op_type : op_type.substr(domain.size() + 1));
  if (!domain.empty())
    message.text(7, domain);
  for (const Attribute& attribute : node.attributes) {
    const Attribute kept = with_kept_type(node, attribute);
    message.message(5, attribute_message(kept.name.empty() ? attribute : kept));
  }
  return message;
}

/// TensorShapeProto
WireWriter shape_message(const std::vector<Dimension>& shape) {
  WireWriter message;
  for (const Dimension& dimension : shape) {
    WireWriter inner;
    if (dimension.size)
      inner.integer(1, *dimension.size);
    else if (!dimension.name.empty())
      inner.text(2, dimension.name);
    message.message(1, inner);
  }
  return message;
}

/// ValueInfoProto
WireWriter value_info_message(const ValueInfo& value) {
  WireWriter tensor, type, message;
  tensor.integer(1, code_of(value.type));
  if (value.shape)
    tensor.message(2, shape_message(*value.shape));
  type.message(1, tensor);
  message.text(1, value.name);
  message.message(2, type);
  return message;
}

/// GraphProto. Initializers are sorted by name, so that the same model always gives the same bytes.
WireWriter graph_message(const Model& model) {
  std::vector<std::string_view> names;
  for (const auto& [name, tensor] : model.initializers)
    names.push_back(name);
  std::ranges::sort(names);

  WireWriter message;
  for (const Node& node : model.nodes)
    message.message(1, node_message(node));
  message.text(2, model.graph_name.empty() ? "graph" : std::string_view(model.graph_name));
  for (const std::string_view name : names)
    message.message(5, tensor_message(model.initializers.at(std::string(name)), name));
  for (const ValueInfo& input : model.inputs)
    message.message(11, value_info_message(input));
  for (const ValueInfo& output : model.outputs)
    message.message(12, value_info_message(output));
  return message;
}

/// OperatorSetIdProto
WireWriter opset_message(std::string_view domain, std::int64_t version) {
  WireWriter message;
  message.text(1, domain);
  message.integer(2, version);
  return message;
}

/// StringStringEntryProto
WireWriter metadata_message(const std::pair<std::string, std::string>& entry) {
  WireWriter message;
  message.text(1, entry.first);
  message.text(2, entry.second);
  return message;
}

/// Before this version each initializer had to be listed as an input too.
constexpr std::int64_t first_ir_version = 4;

} // namespace

std::vector<std::byte> write(const Model& model) {
  WireWriter message;
  message.integer(1, std::max(model.ir_version, first_ir_version));
  if (!model.producer.empty())
    message.text(2, model.producer);
  message.message(7, graph_message(model));
  message.message(8, opset_message("", model.opset));
  std::set<std::string_view> domains;
  for (const Node& node : model.nodes)
    if (const std::string_view domain = domain_of(node); !domain.empty() && domains.insert(domain).second)
      message.message(8, opset_message(domain, 1));
  for (const auto& entry : model.metadata)
    message.message(14, metadata_message(entry));
  return std::move(message).take();
}

} // namespace ganlet::onnx
