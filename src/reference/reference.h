#pragma once

#include "core/budget.h"
#include "graph/backend.h"

/// The plain-loop backend: always built, bit-identical everywhere, and the oracle for the others.
namespace ganlet::reference {

/// Runs one operation. Sums are kept in double. The caller must pass correct shapes (asserted); what depends on data,
/// such as the indices of Gather, is checked. The operation's cost (graph/cost.h) is taken from the budget in small
/// steps; if less than the whole cost is left, nothing is done. Errors, without a place: invalid_argument, those of
/// `Budget::take`.
Result<void> evaluate(const op::Any& operation, std::span<const TensorView> inputs, const TensorView& output,
                      Budget& budget);
/// The same with a budget of the default `Limits::run_units`.
Result<void> evaluate(const op::Any& operation, std::span<const TensorView> inputs, const TensorView& output);

extern const Backend backend;

} // namespace ganlet::reference
