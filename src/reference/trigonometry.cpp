#include <cmath>
#include <cstdint>
#include <limits>

#include "reference/elementary.h"

namespace ganlet::reference {

namespace {

constexpr double half_pi = 1.5707963267948966;

/// x less the nearest multiple of pi/2, and which multiple that is, modulo 4.
struct Quadrant {
  double rest;
  unsigned number;
};

Quadrant quadrant_of(double x) {
  if (!(std::fabs(x) < 1e6))
    x = std::fmod(x, 4 * half_pi); // exact in any library (C 2018, F.10.7.1); NaN for infinity
  if (x != x)
    return {x, 0};
  // pi/2 in three parts, of which the first two are so short that k times them is exact (Cody and Waite 1980).
  constexpr double first = 1.57079632673412561417e+00, second = 6.07710050630396597660e-11,
                   third = 2.02226624879595063154e-21;
  const double k = std::floor(x / half_pi + 0.5);
  return {((x - k * first) - k * second) - k * third, static_cast<unsigned>(static_cast<std::int64_t>(k) & 3)};
}

/// x + direction x^3/3! + x^5/5! + ..., for |x| < 1: the sine with direction -1, the hyperbolic sine with 1.
double odd_series(double x, double direction) {
  double sum = 1;
  for (int term = 18; term >= 2; term -= 2)
    sum = 1 + direction * sum * x * x / (term * (term + 1));
  return x * sum;
}

/// 1 - x^2/2! + x^4/4! - ..., for |x| < 1.
double cosine_series(double x) {
  double sum = 1;
  for (int term = 17; term >= 1; term -= 2)
    sum = 1 - sum * x * x / (term * (term + 1));
  return sum;
}

/// log(1 + x) for any x >= 0; NaN below.
double logarithm_of_one_and(double x) {
  return x >= 0 && x <= 1 ? logarithm_of_one_plus(x)
         : x < 0          ? std::numeric_limits<double>::quiet_NaN()
                          : logarithm(1 + x);
}

} // namespace

double sine(double x) {
  const auto [rest, number] = quadrant_of(x);
  const double size = number & 1 ? cosine_series(rest) : odd_series(rest, -1);
  return number & 2 ? -size : size;
}

double cosine(double x) {
  const auto [rest, number] = quadrant_of(x);
  const double size = number & 1 ? odd_series(rest, -1) : cosine_series(rest);
  return number == 1 || number == 2 ? -size : size;
}

double arc_tangent(double x) {
  const double size = std::fabs(x);
  // Of the reciprocal above 1, then twice half the angle, and again: |x| < 0.2.
  const bool is_steep = size > 1;
  double small = is_steep ? 1 / size : size;
  for (int halving = 0; halving < 2; ++halving)
    small = small / (1 + std::sqrt(1 + small * small));
  double sum = 0;
  for (int term = 25; term >= 1; term -= 2)
    sum = 1.0 / term - sum * small * small;
  const double angle = 4 * small * sum;
  return std::copysign(is_steep ? half_pi - angle : angle, x);
}

double arc_sine(double x) {
  return arc_tangent(x / std::sqrt((1 - x) * (1 + x)));
}

double arc_cosine(double x) {
  return 2 * arc_tangent(std::sqrt((1 - x) / (1 + x)));
}

double hyperbolic_sine(double x) {
  if (std::fabs(x) < 0.5)
    return odd_series(x, 1);
  const double grown = exponential(std::fabs(x));
  return std::copysign(0.5 * (grown - 1 / grown), x);
}

double hyperbolic_cosine(double x) {
  const double grown = exponential(std::fabs(x));
  return 0.5 * (grown + 1 / grown);
}

double inverse_hyperbolic_sine(double x) {
  const double size = std::fabs(x), square = size * size;
  if (std::isinf(square))
    return x;
  return std::copysign(logarithm_of_one_and(size + square / (1 + std::sqrt(1 + square))), x);
}

double inverse_hyperbolic_cosine(double x) {
  return logarithm_of_one_and((x - 1) + std::sqrt((x - 1) * (x + 1)));
}

double inverse_hyperbolic_tangent(double x) {
  const double size = std::fabs(x);
  return std::copysign(0.5 * logarithm_of_one_and(2 * size / (1 - size)), x);
}

} // namespace ganlet::reference
