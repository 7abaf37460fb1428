#pragma once

#include <algorithm>
#include <cmath>

#include "op_test.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

/// What the tests of the three linear operations share.
namespace ganlet::testing {

inline op::Clamp random_clamp(Draw& draw) {
  op::Clamp clamp;
  if (draw.chance())
    clamp.low = draw.one_of({0.0F, -0.5F});
  if (draw.chance())
    clamp.high = draw.one_of({1.0F, 6.0F});
  return clamp;
}

inline double clamped(double value, const op::Clamp& clamp) {
  return std::clamp(value, static_cast<double>(clamp.low), static_cast<double>(clamp.high));
}

/// Inputs 0 (x), 1 (weights, int8 where `int8`) and, one time in two, 2 (the bias).
inline std::vector<Tensor> linear_inputs(Draw& draw, const Shape& x, const Shape& weights, bool int8) {
  std::vector<Tensor> inputs;
  inputs.push_back(draw.floats(x));
  inputs.push_back(int8 ? draw.quantized(weights) : draw.floats(weights));
  if (draw.chance())
    inputs.push_back(draw.floats(shape_of({weights[0]})));
  return inputs;
}

inline double weight_at(const Tensor& weights, std::int64_t offset) {
  const auto at = static_cast<std::size_t>(offset);
  if (weights.type() == DataType::float32)
    return weights.as<float>()[at];
  const std::size_t row_length = weights.as<std::int8_t>().size() / weights.scale.size();
  return weights.as<std::int8_t>()[at] * static_cast<double>(weights.scale[at / row_length]);
}

/// XNNPACK rounds the input to 255 steps (over a range that includes 0): each product is wrong by half a step times the
/// weight at most. One step more is left for how it rounds the ends of the range.
inline double int8_tolerance(const Case& a_case, std::int64_t channel) {
  const auto x = a_case.inputs[0].as<float>();
  const auto [low, high] = std::minmax_element(x.begin(), x.end());
  const double step = (std::max(*high, 0.0F) - std::min(*low, 0.0F)) / 255.0;
  const Tensor& weights = a_case.inputs[1];
  const std::int64_t row_length = weights.shape().elements() / weights.shape()[0];
  double sum = 0;
  for (std::int64_t i = 0; i < row_length; ++i)
    sum += std::fabs(weight_at(weights, channel * row_length + i));
  return 1.5 * step * sum + 1e-5;
}

/// Reference against a formula; the compared backend against Reference: XNNPACK to 1e-4 in float32 and to what
/// quantizing the input may cost in int8.
inline void check_linear(const Case& a_case, const Tensor& formula) {
  const Tensor wanted = evaluated(a_case);
  expect_near(wanted, formula, {1e-6, 1e-6});
  expect_equal(run_on(reference::backend, a_case), wanted);
  SCOPED_TRACE("the compared backend against Reference");
  const Tensor fast = run_on(compared_backend(), a_case);
  if (a_case.inputs[1].type() == DataType::float32 || compared_backend().name != "xnn")
    return expect_near(fast, wanted, tolerance_of_compared({1e-4, 1e-4}, wanted));
  const std::int64_t channels = a_case.output[a_case.output.rank() - 1];
  expect_near(fast, wanted,
              [&](std::size_t i) { return int8_tolerance(a_case, static_cast<std::int64_t>(i) % channels); });
}

} // namespace ganlet::testing
