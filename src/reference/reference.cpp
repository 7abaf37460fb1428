#include "reference/reference.h"

#include "graph/cost.h"
#include "reference/loops.h"

namespace ganlet::reference {

Result<void> evaluate(const op::Any& operation, std::span<const TensorView> inputs, const TensorView& output,
                      Budget& budget) {
  const std::int64_t units = cost_of(operation, inputs, output).units();
  if (output.shape.elements() == 0)
    return budget.take(units); // loops over rows of nothing are counted as nothing, and may be long
  GANLET_CHECK(budget.check(units));
  Work work(budget, units);
  return std::visit([&](const auto& chosen) { return run(chosen, inputs, output, work); }, operation);
}

Result<void> evaluate(const op::Any& operation, std::span<const TensorView> inputs, const TensorView& output) {
  Budget budget(Limits{}.run_units);
  return evaluate(operation, inputs, output, budget);
}

} // namespace ganlet::reference
