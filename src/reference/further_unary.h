#pragma once

#include "graph/ops.h"

namespace ganlet::reference {

/// The circular and hyperbolic functions and their inverses, which only programs with the further operators have
/// (tools/cmake/RareParts.cmake).
double further_value_at(op::UnaryKind kind, double x);

} // namespace ganlet::reference
