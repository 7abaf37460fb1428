#include "reference/elementary.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace ganlet::reference {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// log((1 + s) / (1 - s)) = 2 (s + s^3/3 + s^5/5 + ...); 19 terms reach double precision for |s| <= 1/3.
double twice_inverse_hyperbolic_tangent(double s) {
  const double square = s * s;
  double sum = 0;
  for (int term = 37; term >= 1; term -= 2)
    sum = sum * square + 1.0 / term;
  return 2 * s * sum;
}

} // namespace

double exponential(double x) {
  if (x != x)
    return x;
  if (x > 700)
    return infinity;
  if (x < -700)
    return 0;
  // exp(x) = 2^k exp(r), |r| <= log(2)/2. log(2) is split into two parts, the first so short that k times it is exact.
  constexpr double per_log_2 = 1.44269504088896338700, log_2_high = 6.93147180369123816490e-01,
                   log_2_low = 1.90821492927058770002e-10;
  const double k = std::floor(x * per_log_2 + 0.5);
  const double r = (x - k * log_2_high) - k * log_2_low;
  double sum = 1;
  for (int term = 14; term >= 1; --term)
    sum = 1 + sum * r / term;
  return sum * std::bit_cast<double>(static_cast<std::uint64_t>(static_cast<std::int64_t>(k) + 1023) << 52);
}

double exponential_minus_one(double x) {
  if (!(std::fabs(x) < 0.5))
    return exponential(x) - 1;
  double sum = 1;
  for (int term = 16; term >= 2; --term)
    sum = 1 + sum * x / term;
  return x * sum;
}

double logarithm(double x) {
  if (!(x > 0))
    return x == 0 ? -infinity : not_a_number;
  if (x == infinity)
    return x;
  // log(m 2^e) = e log(2) + log(m), m in [sqrt(1/2), sqrt(2)].
  const auto bits = std::bit_cast<std::uint64_t>(x);
  int exponent = static_cast<int>(bits >> 52) - 1023;
  double mantissa = std::bit_cast<double>((bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    ++exponent;
  }
  return exponent * 0.6931471805599453 + twice_inverse_hyperbolic_tangent((mantissa - 1) / (mantissa + 1));
}

double logarithm_of_one_plus(double x) {
  return twice_inverse_hyperbolic_tangent(x / (2 + x));
}

double hyperbolic_tangent(double x) {
  // Above 20 the nearest double is 1.
  if (std::fabs(x) > 20)
    return x < 0 ? -1 : 1;
  const double grown = exponential_minus_one(2 * x);
  return grown / (grown + 2);
}

namespace {

/// For |x| <= 2: 2/sqrt(pi) exp(-x^2) (x + 2 x^3/3 + 4 x^5/15 + ...), in which all terms have the same sign (Abramowitz
/// and Stegun 7.1.6).
double error_function_by_series(double x) {
  const double square = x * x;
  double sum = 1;
  for (int term = 40; term >= 1; --term)
    sum = 1 + sum * 2 * square / (2 * term + 1);
  return 1.1283791670955126 * exponential(-square) * x * sum;
}

/// For x >= 2: exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))) (Abramowitz and Stegun 7.1.14).
double complement_by_fraction(double x) {
  double below = x;
  for (int level = 80; level >= 1; --level)
    below = x + 0.5 * level / below;
  return 0.5641895835477563 * exponential(-x * x) / below;
}

} // namespace

double error_function(double x) {
  if (x > 2)
    return 1 - complement_by_fraction(x);
  if (x < -2)
    return complement_by_fraction(-x) - 1;
  return error_function_by_series(x);
}

double complementary_error_function(double x) {
  if (x > 2)
    return complement_by_fraction(x);
  return 1 - error_function(x);
}

double power(double x, double y) {
  if (y == 0 || x == 1)
    return 1;
  if (x != x || y != y)
    return not_a_number;
  const bool whole = std::floor(y) == y;
  const bool odd = whole && std::floor(y * 0.5) * 2 != y;
  if (x < 0 && x != -infinity && !whole)
    return not_a_number;
  const double size = std::fabs(x);
  const double magnitude = size == 1 ? 1 : exponential(y * logarithm(size));
  return odd && std::signbit(x) ? -magnitude : magnitude;
}

} // namespace ganlet::reference
