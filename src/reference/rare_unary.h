#pragma once

#include "graph/ops.h"

namespace ganlet::reference {

/// The circular and hyperbolic functions and their inverses, which only programs with the rare operators have
/// (tools/cmake/RareParts.cmake).
double rare_value_at(op::UnaryKind kind, double x);

} // namespace ganlet::reference
