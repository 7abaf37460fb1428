#pragma once

#include <array>

namespace ganlet::reference {

/// The weights of the four pixels around a place that lies `part` of a pixel behind the second (Keys 1981, "Cubic
/// convolution interpolation for digital image processing", equation 4 with the coefficient a).
inline std::array<double, 4> cubic_weights(double part, double a) {
  const auto near = [a](double x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
  const auto far = [a](double x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
  return {far(1 + part), near(part), near(1 - part), far(2 - part)};
}

} // namespace ganlet::reference
