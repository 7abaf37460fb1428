#pragma once

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "onnx/writer.h"
#include "support/onnx_runtime.h"

namespace ganlet::test {

inline float largest_difference(const Tensor& a, const Tensor& b) {
  EXPECT_EQ(a.shape(), b.shape()) << a.shape().text() << " and " << b.shape().text();
  if (a.shape() != b.shape())
    return INFINITY;
  float most = 0;
  for (std::size_t i = 0; i < a.as<float>().size(); ++i)
    most = std::max(most, std::fabs(a.as<float>()[i] - b.as<float>()[i]));
  return most;
}

inline float largest_magnitude(const Tensor& a) {
  float most = 0;
  for (const float value : a.as<float>())
    most = std::max(most, std::fabs(value));
  return most;
}

/// What ONNX Runtime makes of a model as we write it.
inline Tensor run_written(const onnx::Model& model, const std::vector<NamedTensor>& inputs) {
  return run_in_onnx_runtime(onnx::write(model), inputs);
}

} // namespace ganlet::test
