#include "generator/read_graph.h"

#include "graph/lower.h"
#include "onnx/reader.h"
#include "reference/reference.h"

namespace ganlet {

Result<Graph> read_graph(std::span<const std::byte> onnx, const CompileOptions& options, const Preferences& prefers) {
  const Limits& limits = options.limits;
  Budget budget = options.load_budget(); // for reading and lowering together
  GANLET_TRY(onnx::Model model, onnx::read(onnx, limits, budget));
  return lower(std::move(model),
               {.limits = limits, .evaluate = reference::evaluate, .budget = &budget, .prefers = prefers});
}

} // namespace ganlet
