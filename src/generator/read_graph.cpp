#include "generator/read_graph.h"

#include "generator/missing_operators.h"
#include "graph/lower.h"
#include "onnx/reader.h"
#include "reference/reference.h"

namespace ganlet {

Result<Graph> read_graph(std::span<const std::byte> onnx, const CompileOptions& options, const Preferences& prefers) {
  Budget budget = options.load_budget(); // for reading and lowering together
  auto model = onnx::read(onnx, options.limits, budget);
  if (!model)
    return tl::unexpected(explained(std::move(model).error(), onnx));
  auto graph = graph_of(std::move(*model), options, prefers, budget);
  if (!graph)
    return tl::unexpected(explained(std::move(graph).error(), onnx));
  return graph;
}

Result<Graph> graph_of(onnx::Model model, const CompileOptions& options, const Preferences& prefers, Budget& budget) {
  return lower(std::move(model),
               {.limits = options.limits, .evaluate = reference::evaluate, .budget = &budget, .prefers = prefers});
}

} // namespace ganlet
