#include <cassert>

#include "reference/linear.h"

namespace ganlet::reference {

LinearWeights::LinearWeights(Inputs inputs) {
  const TensorView& weights = inputs[1];
  const std::int64_t rows = weights.shape[0];
  row_length_ = rows == 0 ? 0 : weights.shape.elements() / rows;
  if (weights.type == DataType::int8) {
    assert(static_cast<std::int64_t>(weights.scale.size()) == rows);
    quantized_ = weights.as<std::int8_t>().data();
    scale_ = weights.scale;
  } else {
    values_ = weights.as<float>().data();
  }
  if (inputs.size() > 2 && inputs[2].data != nullptr) {
    assert(inputs[2].shape.elements() == rows);
    bias_ = inputs[2].as<float>().data();
  }
}

double LinearWeights::dot(const float* x, std::int64_t row, std::int64_t first, std::int64_t count) const {
  const std::int64_t start = row * row_length_ + first;
  double sum = 0;
  if (values_ != nullptr) {
    for (std::int64_t i = 0; i < count; ++i)
      sum += static_cast<double>(x[i]) * static_cast<double>(values_[start + i]);
    return sum;
  }
  const float scale = scale_[static_cast<std::size_t>(row)];
  for (std::int64_t i = 0; i < count; ++i)
    sum += static_cast<double>(x[i]) * static_cast<double>(static_cast<float>(quantized_[start + i]) * scale);
  return sum;
}

double LinearWeights::add_products(double sum, const float* x, std::int64_t x_step, std::int64_t row,
                                   std::int64_t first, std::int64_t step, std::int64_t count) const {
  std::int64_t at = row * row_length_ + first;
  for (std::int64_t i = 0; i < count; ++i, x += x_step, at += step) {
    const float weight =
        values_ != nullptr ? values_[at] : static_cast<float>(quantized_[at]) * scale_[static_cast<std::size_t>(row)];
    sum += static_cast<double>(*x) * static_cast<double>(weight);
  }
  return sum;
}

float clamped(double value, const op::Clamp& clamp) {
  const auto rounded = static_cast<float>(value);
  return rounded < clamp.low ? clamp.low : rounded > clamp.high ? clamp.high : rounded;
}

Result<void> run(const op::FullyConnected& operation, Inputs inputs, const TensorView& output, Work& work) {
  const LinearWeights weights(inputs);
  const std::int64_t rows = output.shape[0], outputs = output.shape[1], length = inputs[0].shape[1];
  assert(inputs[1].shape == (Shape{outputs, length}) && inputs[0].shape[0] == rows);
  const float* x = inputs[0].as<float>().data();
  float* to = output.as<float>().data();
  work.split(rows * outputs);
  for (std::int64_t m = 0; m < rows && !work.stopped(); ++m)
    for (std::int64_t o = 0; o < outputs && work.turn(); ++o)
      *to++ = clamped(weights.dot(x + m * length, o, 0, length) + weights.bias(o), operation.clamp);
  return work.result();
}

} // namespace ganlet::reference
