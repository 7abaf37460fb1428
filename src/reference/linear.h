#pragma once

#include <cstdint>

#include "reference/loops.h"

namespace ganlet::reference {

/// The weights (O, ...) and bias of a linear operation: its inputs 1 and 2. int8 weights count as float32(int8 *
/// scale[o]), which is what DequantizeLinear would give.
class LinearWeights {
 public:
  explicit LinearWeights(Inputs inputs);

  /// The sum over i < count of x[i] * weight[row][first + i]. Products of two float32 are exact in double.
  double dot(const float* x, std::int64_t row, std::int64_t first, std::int64_t count) const;
  /// `sum` plus the products x[i * x_step] * weight[row][first + i * step] for i < count, added one after another.
  double add_products(double sum, const float* x, std::int64_t x_step, std::int64_t row, std::int64_t first,
                      std::int64_t step, std::int64_t count) const;
  double bias(std::int64_t row) const { return bias_ == nullptr ? 0.0 : static_cast<double>(bias_[row]); }

 private:
  const float* values_ = nullptr;
  const std::int8_t* quantized_ = nullptr;
  std::span<const float> scale_;
  const float* bias_ = nullptr;
  std::int64_t row_length_ = 0;
};

float clamped(double value, const op::Clamp& clamp);

} // namespace ganlet::reference
