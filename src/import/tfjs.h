#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/limits.h"
#include "import/bytes.h"
#include "onnx/model.h"

namespace ganlet::importing {

/// Reads a file from the same folder as the imported one; only plain names are passed.
using Beside = std::function<Result<std::vector<std::byte>>(const std::string& name)>;

/// Whether the file is the model.json of TensorFlow.js.
bool is_tfjs(Bytes file);

/// Reads a layers model of TensorFlow.js: model.json and, next to it, its shards of weights, which may be quantized.
/// `network` is as for Keras. Errors: corrupt, unsupported (graph models), not_found, limit_exceeded, cancelled.
Result<onnx::Model> read_tfjs(Bytes file, std::string_view network, const Beside& beside, const Limits& limits,
                              Budget& budget);

} // namespace ganlet::importing
