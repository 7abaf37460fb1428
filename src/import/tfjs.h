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

/// The names of the shards that contain the weights of a model.json of TensorFlow.js. Errors: corrupt (also if a name
/// leads out of the folder), limit_exceeded, cancelled.
Result<std::vector<std::string>> tfjs_shards(Bytes file, Budget& budget);

/// Reads a layers model or a frozen graph of TensorFlow.js: model.json and, next to it, its shards of weights, which
/// may be quantized. `network` is as for Keras. Errors: corrupt, unsupported, not_found, limit_exceeded, cancelled.
Result<onnx::Model> read_tfjs(Bytes file, std::string_view network, const Beside& beside, const Limits& limits,
                              Budget& budget);

/// The same for a zip archive of their folder.
Result<onnx::Model> read_tfjs_zip(Bytes archive, std::string_view network, const Limits& limits, Budget& budget);

} // namespace ganlet::importing
