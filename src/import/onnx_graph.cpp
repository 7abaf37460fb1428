#include "import/onnx_graph.h"

#include "core/limits.h"
#include "core/text.h"

namespace ganlet::importing {

OnnxGraph::OnnxGraph(std::string framework, const Limits& limits, Budget& budget) : limits_(limits), budget_(budget) {
  constexpr std::int64_t opset = 17;
  model_.ir_version = 8;
  model_.opset = opset;
  model_.producer = "ganlet import";
  model_.graph_name = std::move(framework);
}

Names::Names(std::initializer_list<Name> names) : names_(names.begin(), names.end()) {}

Names::Names(std::vector<std::string> names) : names_(std::move(names)) {}

std::string OnnxGraph::unused(std::string name) {
  const int count = used_[name]++;
  return count == 0 ? name : unused(concat(name, '_', count));
}

Result<std::string> OnnxGraph::node(std::string_view op_type, Names inputs, std::vector<Attribute> attributes) {
  if (static_cast<std::int64_t>(model_.nodes.size()) >= limits_.nodes)
    return fail(ErrorCode::limit_exceeded, model_.graph_name, concat("would have more than ", limits_.nodes, " nodes"));
  GANLET_CHECK(budget_.take(64));
  const std::string name = unused(concat(layer_, '/', op_type));
  onnx::Node& added = model_.nodes.emplace_back();
  added.op_type = op_type;
  added.name = name;
  added.inputs = std::move(inputs).take();
  added.outputs = {name};
  for (Attribute& one : attributes)
    added.attributes.push_back(
        {std::string(one.name),
         std::visit([](auto& value) { return onnx::AttributeValue(std::move(value)); }, one.value)});
  return name;
}

std::string OnnxGraph::constant(Tensor tensor) {
  const std::string name = unused(concat(layer_, "/constant"));
  model_.initializers[name] = std::move(tensor);
  return name;
}

std::string OnnxGraph::number(float value) {
  return constant(Tensor::of<float>(Shape{}, {value}));
}

std::string OnnxGraph::integers(const Sizes& values) {
  return constant(
      Tensor::of<std::int64_t>(Shape{static_cast<std::int64_t>(values.size())}, std::span<const std::int64_t>(values)));
}

Result<std::string> OnnxGraph::sizes_of_resize(const std::string& picture, const Sizes& to) {
  GANLET_TRY(const std::string shape, node("Shape", {picture}));
  GANLET_TRY(const std::string kept, node("Slice", {shape, integers({0}), integers({2}), integers({0})}));
  return node("Concat", {kept, integers(to)}, {attribute("axis", std::int64_t{0})});
}

std::string OnnxGraph::add_input(const std::string& name, DataType type, const Sizes& sizes) {
  const std::string given = unused(name.empty() ? "input" : name);
  model_.inputs.push_back({given, type, dimensions_of(sizes)});
  return given;
}

Result<void> OnnxGraph::add_output(const std::string& name, const std::string& value, DataType type,
                                   const Sizes& sizes) {
  begin(name);
  const std::string output = unused(name.empty() ? "output" : name);
  GANLET_TRY(const std::string made, node("Identity", {value}));
  model_.nodes.back().outputs = {output};
  model_.outputs.push_back({output, type, dimensions_of(sizes)});
  return {};
}

std::vector<onnx::Dimension> dimensions_of(const Sizes& sizes) {
  std::vector<onnx::Dimension> dimensions;
  for (const std::int64_t size : sizes)
    dimensions.push_back(size < 0 ? onnx::Dimension{std::nullopt, "N"} : onnx::Dimension{size, ""});
  return dimensions;
}

} // namespace ganlet::importing
