#pragma once

#include "core/budget.h"
#include "graph/backend.h"

/// The plain-loop backend: always built, bit-identical everywhere, and the oracle for the others.
namespace ganlet::reference {

/// Runs one operation. Sums are kept in double. The caller has the shapes right (asserted); what depends on data, such
/// as an index of Gather, is checked. Its cost (graph/cost.h) is taken from the budget bit by bit, and nothing is done
/// where less is left.
Result<void> evaluate(const op::Any& operation, std::span<const TensorView> inputs, const TensorView& output,
                      Budget& budget);
/// The same with a budget of the default `Limits::run_units`.
Result<void> evaluate(const op::Any& operation, std::span<const TensorView> inputs, const TensorView& output);

extern const Backend backend;

} // namespace ganlet::reference
