#pragma once

#include <cstdint>

/// Elementary functions made only of + - * / and sqrt, which IEEE 754 rounds exactly, so that results are the same bit
/// for bit on every platform; math libraries differ. The relative error is about 1e-15 for arguments that came from
/// float32. Results above exp(700) are infinite and those below exp(-700) are zero. NaN gives NaN.
namespace ganlet::reference {

double exponential(double x);
/// exp(x) - 1, without cancellation near 0.
double exponential_minus_one(double x);
/// -inf at 0, NaN for negative numbers.
double logarithm(double x);
/// log(1 + x) for x in [0, 1], without cancellation near 0.
double logarithm_of_one_plus(double x);
double hyperbolic_tangent(double x);
double error_function(double x);
/// 1 - erf(x), without cancellation for large x.
double complementary_error_function(double x);
/// x to the power of y, with the special cases of IEEE 754's pow (section 9.2.1).
double power(double x, double y);

/// Of a circle's arc, in radians. Beyond a million the period is that of the double nearest to 2 pi.
double sine(double x);
double cosine(double x);
double arc_tangent(double x);
/// Outside [-1, 1] NaN.
double arc_sine(double x);
double arc_cosine(double x);
double hyperbolic_sine(double x);
double hyperbolic_cosine(double x);
double inverse_hyperbolic_sine(double x);
/// Below 1 NaN.
double inverse_hyperbolic_cosine(double x);
/// Outside [-1, 1] NaN.
double inverse_hyperbolic_tangent(double x);

} // namespace ganlet::reference
