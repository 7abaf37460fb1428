#pragma once

#include <span>
#include <vector>

namespace ganlet::onnx {

/// BatchNormalization at inference: y = x * factor[c] + offset[c] (Ioffe and Szegedy 2015, algorithm 2).
struct Normalization {
  std::vector<float> factor, offset;
};

/// Computed in double and rounded once. Every list has one value per channel. If the variance plus epsilon isn't
/// positive, the results aren't finite.
Normalization normalization(std::span<const float> scale, std::span<const float> bias, std::span<const float> mean,
                            std::span<const float> variance, float epsilon);

} // namespace ganlet::onnx
