#include "generator/array_run.h"

#include <algorithm>

#include "core/text.h"
#include "generator/onnx_order.h"

namespace ganlet {

namespace {

const std::string& name_of(const Graph& graph, ValueId id) {
  return graph.values[static_cast<std::size_t>(id)].name;
}

/// The arrays in the order of the graph's inputs.
Result<std::vector<Tensor>> in_order(const Graph& graph, std::vector<NamedArray> given) {
  std::vector<std::optional<Tensor>> found(graph.inputs.size());
  for (NamedArray& one : given) {
    const auto input = std::ranges::find(graph.inputs, one.name, [&](ValueId id) { return name_of(graph, id); });
    if (input == graph.inputs.end())
      return fail(ErrorCode::not_found, printable(one.name),
                  concat("the network has no such input, only ", names_of(graph, graph.inputs)));
    std::optional<Tensor>& place = found[static_cast<std::size_t>(input - graph.inputs.begin())];
    if (place)
      return fail(ErrorCode::invalid_argument, printable(one.name), "is given twice");
    place = std::move(one.array);
  }
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i])
      return fail(ErrorCode::invalid_argument, printable(name_of(graph, graph.inputs[i])), "is missing");
    inputs.push_back(std::move(*found[i]));
  }
  return inputs;
}

} // namespace

std::string names_of(const Graph& graph, const std::vector<ValueId>& values) {
  std::string names;
  for (const ValueId id : values)
    names += concat(names.empty() ? "" : ", ", printable(name_of(graph, id)));
  return names.empty() ? "none" : names;
}

Result<ArrayRun> ArrayRun::begin(Program& program, std::vector<NamedArray> inputs) {
  GANLET_TRY(std::vector<Tensor> ordered, in_order(program.graph(), std::move(inputs)));
  std::vector<Buffer> buffers;
  for (Tensor& input : ordered)
    buffers.push_back({input.view(), nullptr});
  auto budget = std::make_unique<Budget>(program.options().run_budget());
  GANLET_TRY(Run run, program.start(buffers, *budget));
  return ArrayRun(program, std::move(run), std::move(ordered), std::move(budget));
}

Result<std::optional<std::vector<NamedArray>>> ArrayRun::advance(bool may_block) {
  GANLET_TRY(const bool done, run_.advance(may_block));
  if (!done)
    return std::nullopt;
  const Graph& graph = program_->graph();
  const std::span<const Buffer> outputs = run_.outputs();
  std::vector<NamedArray> arrays;
  for (std::size_t i = 0; i < outputs.size(); ++i)
    arrays.push_back({name_of(graph, graph.outputs[i]),
                      onnx_order(graph.values[static_cast<std::size_t>(graph.outputs[i])], outputs[i].view)});
  return arrays;
}

} // namespace ganlet
