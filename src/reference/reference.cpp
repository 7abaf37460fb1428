#include "reference/reference.h"

#include "reference/loops.h"

namespace ganlet::reference {

Result<void> evaluate(const op::Any& operation, std::span<const TensorView> inputs, const TensorView& output) {
  return std::visit([&](const auto& chosen) { return run(chosen, inputs, output); }, operation);
}

} // namespace ganlet::reference
