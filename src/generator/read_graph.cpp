#include "generator/read_graph.h"

#include "graph/lower.h"
#include "onnx/reader.h"
#include "reference/reference.h"

namespace ganlet {

Result<Graph> read_graph(std::span<const std::byte> onnx, const CompileOptions& options, const Preferences& prefers) {
  Budget budget = options.load_budget(); // for reading and lowering together
  GANLET_TRY(onnx::Model model, onnx::read(onnx, options.limits, budget));
  return graph_of(std::move(model), options, prefers, budget);
}

Result<Graph> graph_of(onnx::Model model, const CompileOptions& options, const Preferences& prefers, Budget& budget) {
  return lower(std::move(model),
               {.limits = options.limits, .evaluate = reference::evaluate, .budget = &budget, .prefers = prefers});
}

} // namespace ganlet
