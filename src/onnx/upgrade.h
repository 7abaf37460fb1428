#pragma once

#include "onnx/model.h"

namespace ganlet::onnx {

/// Brings a model of opset 7 to 12 to the forms of opset 13: attributes that became inputs turn into constants,
/// Upsample turns into Resize, and operators whose defaults have changed get explicit attributes. Errors: unsupported,
/// at the node.
Result<void> upgrade(Model& model);

} // namespace ganlet::onnx
