#include "graph/lower.h"

#include "core/text.h"
#include "graph/builder.h"
#include "graph/context.h"
#include "graph/onnx_ops.h"
#include "graph/passes.h"
#include "onnx/rewrite.h"

namespace ganlet {

namespace {

using Meanings = std::map<std::string, Meaning>;

/// An input's sizes. The first may be open, and is then the batch.
Result<SymbolicShape> input_shape(const onnx::ValueInfo& input, const std::string& place) {
  if (!input.shape)
    return fail(ErrorCode::unsupported, place, "has no shape");
  SymbolicShape shape;
  for (const onnx::Dimension& dimension : *input.shape) {
    if (dimension.size)
      shape.push_back({*dimension.size, false});
    else if (shape.empty())
      shape.push_back({1, true});
    else
      return fail(ErrorCode::unsupported, place,
                  concat("axis ", shape.size(),
                         dimension.name.empty() ? "" : concat(" '", printable(dimension.name), "'"),
                         " is left open; only the first one, the batch, may be"));
  }
  return shape;
}

Result<void> add_inputs(Builder& builder, const onnx::Model& model, Meanings& meanings) {
  for (std::size_t i = 0; i < model.inputs.size(); ++i) {
    const onnx::ValueInfo& input = model.inputs[i];
    const std::string place = concat("graph.input[", i, "] '", printable(input.name), "'");
    if (input.type == DataType::int8)
      return fail(ErrorCode::unsupported, place, "is int8");
    GANLET_TRY(SymbolicShape shape, input_shape(input, place));
    GANLET_CHECK(resolve(shape, 1, builder.limits(), place));
    meanings[input.name].id = builder.input(input.name, input.type, std::move(shape));
  }
  return {};
}

Result<void> add_initializers(Builder& builder, onnx::Model& model, Meanings& meanings) {
  const std::map<std::string, int> readers = onnx::count_readers(model);
  for (auto& [name, tensor] : model.initializers) {
    if (!readers.contains(name))
      continue;
    builder.at(concat("graph.initializer '", printable(name), "'"));
    GANLET_TRY(meanings[name].id, builder.constant(std::move(tensor)));
  }
  return {};
}

Result<void> add_output(Builder& builder, const onnx::ValueInfo& output, std::size_t index, const Meanings& meanings) {
  builder.at(concat("graph.output[", index, "] '", printable(output.name), "'"));
  const auto found = meanings.find(output.name);
  if (found == meanings.end())
    return fail(ErrorCode::corrupt, builder.place(), "nothing makes it");
  const Meaning& meaning = found->second;
  if (meaning.integers || meaning.quantized_axis || builder.value(meaning.id).type == DataType::int8)
    return builder.unsupported("sizes and weights can't be outputs");
  GANLET_TRY(const ValueId id, builder.plain(meaning.id));
  return builder.output(id, output.name);
}

} // namespace

Result<void> lower_node(Builder& builder, const onnx::Node& node, Meanings& meanings) {
  constexpr std::int64_t units_of_a_node = 4096; // for its attributes, names and shapes
  GANLET_CHECK(
      builder.take(units_of_a_node + 64 * static_cast<std::int64_t>(node.inputs.size() + node.outputs.size())));
  const OnnxOp* operation = find_onnx_op(node.op_type);
  if (!operation)
    return builder.unsupported(concat("op ", printable(node.op_type), " isn't supported"));
  for (const std::string& name : node.inputs)
    if (!name.empty() && !meanings.contains(name))
      return builder.error(concat("reads '", printable(name), "', which nothing makes"));
  Context context(builder, node, meanings);
  GANLET_CHECK(context.lower_as(*operation));
  for (const std::string& name : node.outputs)
    if (!name.empty() && !meanings.contains(name))
      return builder.unsupported(concat("output '", printable(name), "' isn't supported"));
  return {};
}

Result<Graph> lower(onnx::Model model, const LowerOptions& options) {
  Budget own(options.limits.load_units);
  Budget& budget = options.budget ? *options.budget : own;
  Builder builder(options, budget, "graph");
  Meanings meanings;
  GANLET_CHECK(add_inputs(builder, model, meanings));
  GANLET_CHECK(add_initializers(builder, model, meanings));
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    builder.at(onnx::place_of(model, i));
    GANLET_CHECK(lower_node(builder, model.nodes[i], meanings));
  }
  if (model.outputs.empty())
    return fail(ErrorCode::corrupt, "graph", "has no outputs");
  for (std::size_t i = 0; i < model.outputs.size(); ++i)
    GANLET_CHECK(add_output(builder, model.outputs[i], i, meanings));
  return as_preferred(std::move(builder).finish(), options, budget);
}

} // namespace ganlet
