#include "onnx/rewrite.h"

#include <algorithm>

#include "core/text.h"
#include "onnx/wire.h"

namespace ganlet::onnx {

namespace {

/// The inputs of a GraphProto.
std::size_t count_inputs(std::span<const std::byte> graph) {
  MemoryBudget memory(0);
  std::size_t count = 0;
  WireReader wire(graph, "graph", memory);
  while (wire.next())
    count += wire.field() == 11 ? 1 : 0;
  return count;
}

} // namespace

/// A loop has as many inputs as its graph; a branch's graph has none, and the node a condition.
std::size_t own_inputs(const Node& node) {
  bool has_graphs = false;
  std::size_t count = 1;
  for (const Attribute& attribute : node.attributes)
    if (const auto* const subgraph = std::get_if<Subgraph>(&attribute.value)) {
      has_graphs = true;
      count = std::max(count, count_inputs(std::as_bytes(std::span(subgraph->bytes))));
    }
  return has_graphs ? count : node.inputs.size();
}

std::map<std::string, int> count_readers(const Model& model) {
  std::map<std::string, int> readers;
  for (const Node& node : model.nodes)
    for (const std::string& input : node.inputs)
      ++readers[input];
  for (const ValueInfo& output : model.outputs)
    ++readers[output.name];
  return readers;
}

namespace {

bool is_output(const Model& model, std::string_view name) {
  return std::ranges::any_of(model.outputs, [&](const ValueInfo& output) { return output.name == name; });
}

/// If the node only passes a constant on, makes its output an initializer or an alias of one, and returns true.
bool became_initializer(Model& model, const Node& node, std::map<std::string, std::string>& alias) {
  if (node.outputs.size() != 1 || is_output(model, node.outputs[0]))
    return false;
  if (node.op_type == "Constant") {
    auto tensor = constant_value(node);
    if (!tensor)
      return false;
    model.initializers.emplace(node.outputs[0], std::move(*tensor));
    return true;
  }
  if (node.op_type != "Identity" || node.inputs.size() != 1 || !model.initializers.contains(node.inputs[0]))
    return false;
  alias.emplace(node.outputs[0], node.inputs[0]);
  return true;
}

} // namespace

void constants_to_initializers(Model& model) {
  std::map<std::string, std::string> alias;
  std::vector<Node> kept;
  for (Node& node : model.nodes) {
    for (std::string& input : node.inputs)
      if (const auto found = alias.find(input); found != alias.end())
        input = found->second;
    if (!became_initializer(model, node, alias))
      kept.push_back(std::move(node));
  }
  model.nodes = std::move(kept);
}

void drop_unread_initializers(Model& model) {
  const auto readers = count_readers(model);
  std::erase_if(model.initializers, [&](const auto& entry) { return !readers.contains(entry.first); });
}

ValueNames::ValueNames(const Model& model) {
  for (const auto& [name, tensor] : model.initializers)
    taken_.insert(name);
  for (const ValueInfo& input : model.inputs)
    taken_.insert(input.name);
  for (const Node& node : model.nodes)
    taken_.insert(node.outputs.begin(), node.outputs.end());
}

std::string ValueNames::unused(const std::string& wanted) {
  std::string name = wanted;
  for (std::size_t& next = next_.try_emplace(wanted, 2).first->second; !taken_.insert(name).second; ++next)
    name = concat(wanted, "_", next);
  return name;
}

std::optional<int> output_axis(const Node& node, const Shape& weights) {
  const int rank = weights.rank();
  if (node.op_type == "Conv" && rank >= 3)
    return 0;
  if (node.op_type == "ConvTranspose" && rank >= 3)
    return 1;
  if (node.op_type == "Gemm" && rank == 2)
    return integer_or(node, "transB", 0) != 0 ? 0 : 1;
  if (node.op_type == "MatMul" && rank == 2)
    return 1;
  return std::nullopt;
}

std::int64_t integer_or(const Node& node, std::string_view attribute, std::int64_t otherwise) {
  const AttributeValue* value = node.find(attribute);
  const auto* integer = value ? std::get_if<std::int64_t>(value) : nullptr;
  return integer ? *integer : otherwise;
}

Tensor* initializer_at(Model& model, const Node& node, std::size_t input) {
  if (input >= node.inputs.size())
    return nullptr;
  const auto found = model.initializers.find(node.inputs[input]);
  return found == model.initializers.end() ? nullptr : &found->second;
}

} // namespace ganlet::onnx
