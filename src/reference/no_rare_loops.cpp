// In place of the loops of rare operations (tools/cmake/RareParts.cmake). Nothing reaches them.

#include "reference/loops.h"
#include "reference/rare_unary.h"

namespace ganlet::reference {

namespace {

Result<void> missing() {
  return fail(ErrorCode::unsupported, "", "this program doesn't have the operation");
}

} // namespace

double rare_value_at(op::UnaryKind, double) {
  return 0;
}

Result<void> run(const op::CumulativeSum&, Inputs, const TensorView&, Work&) {
  return missing();
}
Result<void> run(const op::GatherElements&, Inputs, const TensorView&, Work&) {
  return missing();
}
Result<void> run(const op::GridSample&, Inputs, const TensorView&, Work&) {
  return missing();
}
Result<void> run(const op::Random&, Inputs, const TensorView&, Work&) {
  return missing();
}
Result<void> run(const op::ScatterElements&, Inputs, const TensorView&, Work&) {
  return missing();
}
Result<void> run(const op::TopK&, Inputs, const TensorView&, Work&) {
  return missing();
}

} // namespace ganlet::reference
