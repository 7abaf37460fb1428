#pragma once

#include <cstddef>
#include <vector>

#include "onnx/model.h"

namespace ganlet::onnx {

/// The file for a model: what `read` would take back as the same model. Tensors are written as raw data in the type
/// they hold (float32, int64, bool, int8). `metadata`, `producer`, names and declared shapes are kept.
std::vector<std::byte> write(const Model& model);

} // namespace ganlet::onnx
