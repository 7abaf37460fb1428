#pragma once

#include <vector>

#include "onnx/model.h"

namespace ganlet::onnx {

/// Numbers of noise that a synthesis network takes for an image, P; 0 where it takes none.
std::int64_t noise_size(const Model& synthesis);

/// The two networks of a style-based model (Karras et al.: A Style-Based Generator Architecture for Generative
/// Adversarial Networks, 2019, section 2) as one, from z to the image, for runtimes and tools that know nothing of
/// styles. `mapping` takes z (N, Z) and gives w (N, W). `synthesis` takes w (N, L, W), a style for each of its layers,
/// and noise (N, P): all layers get the style that the mapping gives, and `noise` (P) is a constant of the joined
/// network. Values of the mapping network are renamed, those of the other keep their names.
/// Errors: invalid_argument where the two don't have such inputs and outputs, or are of different opsets.
Result<Model> join_styles(Model mapping, Model synthesis, const std::vector<float>& noise);

} // namespace ganlet::onnx
