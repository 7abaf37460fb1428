#pragma once

#include <cstdint>

/// Elementary functions from + - * / and sqrt alone, which IEEE 754 rounds exactly: bit for bit the same on every
/// platform, as no math library's are. Good to about 1e-15 (relative), for arguments that came from float32; results
/// beyond exp(700) are infinite and those below exp(-700) zero. NaN gives NaN.
namespace ganlet::reference {

double exponential(double x);
/// exp(x) - 1, without cancellation near 0.
double exponential_minus_one(double x);
/// -inf at 0, NaN below.
double logarithm(double x);
/// log(1 + x) for x in [0, 1], without cancellation near 0.
double logarithm_of_one_plus(double x);
double hyperbolic_tangent(double x);
double error_function(double x);
/// 1 - erf(x), without cancellation for large x.
double complementary_error_function(double x);
/// x to the power of y, with the special cases of IEEE 754's pow (section 9.2.1).
double power(double x, double y);

/// Towards 0; beyond int64's range its nearest end, 0 for NaN (as wasm's saturating conversion has it).
std::int64_t truncated(double x);

} // namespace ganlet::reference
