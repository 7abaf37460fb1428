#pragma once

#include <vector>

#include "onnx/model.h"

namespace ganlet::onnx {

/// P, the number of noise values that a synthesis network takes per image; 0 if it takes none.
std::int64_t noise_size(const Model& synthesis);

/// Joins the two networks of a style-based model (Karras et al.: A Style-Based Generator Architecture for Generative
/// Adversarial Networks, 2019, section 2) into one, from z to the image, for runtimes and tools that don't know about
/// styles. `mapping` takes z (N, Z) and gives w (N, W). `synthesis` takes w (N, L, W), a style for each of its layers,
/// and noise (N, P). In the joined network all layers get the mapping's style, and `noise` (P) is a constant. Values of
/// the mapping network are renamed; those of the synthesis network keep their names. Errors: invalid_argument if the
/// two don't have such inputs and outputs, or if their opsets differ.
Result<Model> join_styles(Model mapping, Model synthesis, const std::vector<float>& noise);

} // namespace ganlet::onnx
