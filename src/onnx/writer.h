#pragma once

#include <cstddef>
#include <vector>

#include "onnx/model.h"

namespace ganlet::onnx {

/// The ONNX file for a model, which `read` turns back into the same model. Tensors are written as raw data in the type
/// that they hold (float32, int64, bool, int8). `metadata`, `producer`, names and declared shapes are kept.
std::vector<std::byte> write(const Model& model);

} // namespace ganlet::onnx
