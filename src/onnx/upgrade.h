#pragma once

#include "onnx/model.h"

namespace ganlet::onnx {

/// Brings a model of opset 7 to 12 to the forms of opset 13: attributes that have become inputs become constants,
/// Upsample becomes Resize, and operators whose defaults have changed say what they mean. Errors: unsupported, at the
/// node.
Result<void> upgrade(Model& model);

} // namespace ganlet::onnx
