#include "onnx/batch_normalization.h"

#include <cmath>

namespace ganlet::onnx {

Normalization normalization(std::span<const float> scale, std::span<const float> bias, std::span<const float> mean,
                            std::span<const float> variance, float epsilon) {
  Normalization out;
  for (std::size_t c = 0; c < scale.size(); ++c) {
    const double deviation = std::sqrt(static_cast<double>(variance[c]) + static_cast<double>(epsilon));
    const double factor = static_cast<double>(scale[c]) / deviation;
    out.factor.push_back(static_cast<float>(factor));
    out.offset.push_back(static_cast<float>(static_cast<double>(bias[c]) - static_cast<double>(mean[c]) * factor));
  }
  return out;
}

} // namespace ganlet::onnx
