#include "generator/read_graph.h"

#include "generator/missing_operators.h"
#include "generator/picture_outputs.h"
#include "graph/lower.h"
#include "graph/onnx_ops.h"
#include "onnx/reader.h"
#include "reference/reference.h"

namespace ganlet {

namespace {

/// Reads a file and lowers it by `lowered(model, budget)`.
template <typename Lowered>
Result<Graph> read_as(std::span<const std::byte> file, const CompileOptions& options, const Lowered& lowered) {
  Budget budget = options.load_budget(); // for reading and lowering together
  auto model = onnx::read(file, options.limits, budget);
  if (!model)
    return tl::unexpected(explained(std::move(model).error(), file));
  auto graph = lowered(std::move(*model), budget);
  if (!graph)
    return tl::unexpected(explained(std::move(graph).error(), file));
  return graph;
}

/// Has inputs take one picture; false if none leaves its batch open.
bool close_batch(onnx::Model& model) {
  bool was_open = false;
  for (onnx::ValueInfo& input : model.inputs)
    if (input.shape && !input.shape->empty() && !input.shape->front().size) {
      input.shape->front() = {1, ""};
      was_open = true;
    }
  for (onnx::ValueInfo& output : model.outputs)
    output.shape.reset();
  return was_open;
}

} // namespace

Result<Graph> read_graph(std::span<const std::byte> onnx, const CompileOptions& options, const Preferences& prefers) {
  return read_as(onnx, options, [&](onnx::Model model, Budget& budget) {
    return graph_of(std::move(model), options, prefers, budget);
  });
}

Result<Graph> read_generator(std::span<const std::byte> file, const CompileOptions& options,
                             const Preferences& prefers) {
  return read_as(file, options, [&](onnx::Model model, Budget& budget) {
    return generator_of(std::move(model), file, options, prefers, budget);
  });
}

Result<Graph> generator_of(onnx::Model model, std::span<const std::byte> file, const CompileOptions& options,
                           const Preferences& prefers, Budget& budget) {
  Result<Graph> graph = graph_of(std::move(model), options, prefers, budget);
  if (!has_rare_parts())
    return graph;
  if (!graph && graph.error().code() == ErrorCode::unsupported) {
    auto again = onnx::read(file, options.limits, budget);
    if (again && close_batch(*again))
      if (Result<Graph> of_one = graph_of(std::move(*again), options, prefers, budget))
        graph = std::move(of_one);
  }
  if (graph)
    make_picture_outputs(*graph);
  return graph;
}

Result<Graph> graph_of(onnx::Model model, const CompileOptions& options, const Preferences& prefers, Budget& budget) {
  return lower(std::move(model),
               {.limits = options.limits, .evaluate = reference::evaluate, .budget = &budget, .prefers = prefers});
}

} // namespace ganlet
