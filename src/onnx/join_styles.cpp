#include "onnx/join_styles.h"

#include <algorithm>
#include <iterator>

#include "core/text.h"

namespace ganlet::onnx {

namespace {

/// The size of an input's axis; empty if the file leaves it open or the input has no such axis.
std::optional<std::int64_t> size_of(const ValueInfo& value, std::size_t axis) {
  return value.shape && axis < value.shape->size() ? (*value.shape)[axis].size : std::nullopt;
}

std::size_t rank_of(const ValueInfo& value) {
  return value.shape ? value.shape->size() : 0;
}

/// Puts a prefix before the names of all values and nodes except the input, so that they differ from another model's.
void rename_all(Model& model, const std::string& prefix) {
  const std::string input = model.inputs[0].name;
  const auto rename = [&](std::string& name) {
    if (!name.empty() && name != input)
      name = prefix + name;
  };
  for (Node& node : model.nodes) {
    std::ranges::for_each(node.inputs, rename);
    std::ranges::for_each(node.outputs, rename);
    rename(node.name);
  }
  rename(model.outputs[0].name);
  std::map<std::string, Tensor> renamed;
  for (auto& [name, tensor] : model.initializers)
    renamed.emplace(prefix + name, std::move(tensor));
  model.initializers = std::move(renamed);
}

bool uses_names_that_begin_with(const Model& model, const std::string& prefix) {
  const auto begins = [&](const std::string& name) { return name.starts_with(prefix); };
  return std::ranges::any_of(model.initializers, [&](const auto& entry) { return begins(entry.first); }) ||
         std::ranges::any_of(model.inputs, [&](const ValueInfo& input) { return begins(input.name); }) ||
         std::ranges::any_of(model.nodes, [&](const Node& node) {
           return begins(node.name) || std::ranges::any_of(node.outputs, begins);
         });
}

} // namespace

std::int64_t noise_size(const Model& synthesis) {
  const auto noise = std::ranges::find(synthesis.inputs, std::size_t{2}, rank_of);
  return noise == synthesis.inputs.end() ? 0 : size_of(*noise, 1).value_or(0);
}

Result<Model> join_styles(Model mapping, Model synthesis, const std::vector<float>& noise) {
  if (mapping.inputs.size() != 1 || mapping.outputs.size() != 1 || rank_of(mapping.inputs[0]) != 2)
    return fail(ErrorCode::invalid_argument, "mapping", "must have one input z, float32 (N, Z), and one output");
  const auto styles = std::ranges::find(synthesis.inputs, std::size_t{3}, rank_of);
  const auto grain = std::ranges::find(synthesis.inputs, std::size_t{2}, rank_of);
  if (synthesis.inputs.size() != 2 || styles == synthesis.inputs.end() || grain == synthesis.inputs.end() ||
      !size_of(*styles, 1) || synthesis.outputs.size() != 1)
    return fail(ErrorCode::invalid_argument, "synthesis",
                "must have the inputs w, float32 (N, layers, W), and noise, float32 (N, pixels), and one output");
  if (noise_size(synthesis) != static_cast<std::int64_t>(noise.size()))
    return fail(ErrorCode::invalid_argument, "noise",
                concat("has ", noise.size(), " numbers, the synthesis network takes ", noise_size(synthesis)));
  if (mapping.opset != synthesis.opset)
    return fail(ErrorCode::invalid_argument, "mapping",
                concat("is of opset ", mapping.opset, ", the synthesis network of ", synthesis.opset));

  std::string prefix = "mapping.";
  while (uses_names_that_begin_with(synthesis, prefix) || mapping.inputs[0].name.starts_with(prefix))
    prefix += "mapping.";
  rename_all(mapping, prefix);
  const std::string w = mapping.outputs[0].name, one = prefix + "axis", layers = prefix + "layers",
                    row = prefix + "row";
  mapping.initializers.emplace(one, Tensor::of<std::int64_t>(Shape{1}, {1}));
  mapping.initializers.emplace(layers, Tensor::of<std::int64_t>(Shape{3}, {1, *size_of(*styles, 1), 1}));
  mapping.nodes.push_back({"Unsqueeze", row, {w, one}, {row}, {}});
  mapping.nodes.push_back({"Expand", layers, {row, layers}, {styles->name}, {}});

  const Shape row_of_noise{1, static_cast<std::int64_t>(noise.size())};
  synthesis.initializers.insert_or_assign(grain->name, Tensor::of<float>(row_of_noise, std::span(noise)));
  synthesis.inputs = std::move(mapping.inputs);
  synthesis.initializers.merge(mapping.initializers);
  synthesis.nodes.insert(synthesis.nodes.begin(), std::make_move_iterator(mapping.nodes.begin()),
                         std::make_move_iterator(mapping.nodes.end()));
  return synthesis;
}

} // namespace ganlet::onnx
