#include "reference/rare_unary.h"

#include "reference/elementary.h"

namespace ganlet::reference {

double rare_value_at(op::UnaryKind kind, double x) {
  switch (kind) {
  case op::UnaryKind::arc_cosine:
    return arc_cosine(x);
  case op::UnaryKind::arc_sine:
    return arc_sine(x);
  case op::UnaryKind::arc_tangent:
    return arc_tangent(x);
  case op::UnaryKind::cosine:
    return cosine(x);
  case op::UnaryKind::hyperbolic_cosine:
    return hyperbolic_cosine(x);
  case op::UnaryKind::hyperbolic_sine:
    return hyperbolic_sine(x);
  case op::UnaryKind::inverse_hyperbolic_cosine:
    return inverse_hyperbolic_cosine(x);
  case op::UnaryKind::inverse_hyperbolic_sine:
    return inverse_hyperbolic_sine(x);
  case op::UnaryKind::inverse_hyperbolic_tangent:
    return inverse_hyperbolic_tangent(x);
  case op::UnaryKind::sine:
    return sine(x);
  case op::UnaryKind::tangent:
    return sine(x) / cosine(x);
  default:
    return 0;
  }
}

} // namespace ganlet::reference
