#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/limits.h"
#include "import/bytes.h"
#include "onnx/model.h"

namespace ganlet::importing {

/// Reads a file beside the one that is imported; only plain names are asked for.
using Beside = std::function<Result<std::vector<std::byte>>(const std::string& name)>;

/// Whether this is the model.json of TensorFlow.js.
bool is_tfjs(Bytes file);

/// A layers model of TensorFlow.js: model.json and, beside it, its shards of weights, which may be quantized. `network`
/// as for Keras. Errors: corrupt, unsupported (graph models), not_found, limit_exceeded, cancelled.
Result<onnx::Model> read_tfjs(Bytes file, std::string_view network, const Beside& beside, const Limits& limits,
                              Budget& budget);

} // namespace ganlet::importing
