#include "onnx/model.h"

#include "onnx/rewrite.h"

#include "core/text.h"

namespace ganlet::onnx {

const AttributeValue* Node::find(std::string_view attribute) const {
  for (const Attribute& candidate : attributes)
    if (candidate.name == attribute)
      return &candidate.value;
  return nullptr;
}

std::string place_of(std::size_t index, std::string_view op_type, std::string_view name) {
  std::string place = concat("graph.node[", index, "]");
  if (!op_type.empty())
    place += concat(" ", printable(op_type));
  if (!name.empty())
    place += concat(" '", printable(name), "'");
  return place;
}

std::string place_of(const Model& model, std::size_t index) {
  return place_of(index, model.nodes[index].op_type, model.nodes[index].name);
}

AttributeValue clone(const AttributeValue& value) {
  return std::visit(
      [](const auto& held) -> AttributeValue {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, Tensor>)
          return held.clone();
        else
          return held;
      },
      value);
}

Node clone(const Node& node) {
  Node copy{node.op_type, node.name, node.inputs, node.outputs, {}};
  for (const Attribute& attribute : node.attributes)
    copy.attributes.push_back({attribute.name, clone(attribute.value)});
  return copy;
}

Model clone(const Model& model) {
  Model copy;
  copy.ir_version = model.ir_version;
  copy.opset = model.opset;
  copy.producer = model.producer;
  copy.metadata = model.metadata;
  copy.graph_name = model.graph_name;
  for (const Node& node : model.nodes)
    copy.nodes.push_back(clone(node));
  for (const auto& [name, tensor] : model.initializers)
    copy.initializers.emplace(name, tensor.clone());
  copy.inputs = model.inputs;
  copy.outputs = model.outputs;
  return copy;
}

namespace {
template <typename T> Tensor list_tensor(const std::vector<T>& values) {
  return Tensor::of<T>(Shape{static_cast<std::int64_t>(values.size())}, std::span<const T>(values));
}
} // namespace

std::optional<Tensor> constant_value(const Node& node) {
  if (const auto* value = node.find("value"); value && std::holds_alternative<Tensor>(*value))
    return std::get<Tensor>(*value).clone();
  if (const auto* value = node.find("value_int"); value && std::holds_alternative<std::int64_t>(*value))
    return Tensor::of<std::int64_t>({}, {std::get<std::int64_t>(*value)});
  if (const auto* value = node.find("value_float"); value && std::holds_alternative<float>(*value))
    return Tensor::of<float>({}, {std::get<float>(*value)});
  if (const auto* value = node.find("value_ints"); value && std::holds_alternative<std::vector<std::int64_t>>(*value))
    return list_tensor(std::get<std::vector<std::int64_t>>(*value));
  if (const auto* value = node.find("value_floats"); value && std::holds_alternative<std::vector<float>>(*value))
    return list_tensor(std::get<std::vector<float>>(*value));
  return std::nullopt;
}

} // namespace ganlet::onnx
