#pragma once

#include <span>
#include <vector>

namespace ganlet::onnx {

/// BatchNormalization in inference, y = x * factor[c] + offset[c] (Ioffe and Szegedy 2015, algorithm 2).
struct Normalization {
  std::vector<float> factor, offset;
};

/// In double, rounded once. All lists are of one value a channel; where the variance doesn't allow it, values aren't
/// finite.
Normalization normalization(std::span<const float> scale, std::span<const float> bias, std::span<const float> mean,
                            std::span<const float> variance, float epsilon);

} // namespace ganlet::onnx
