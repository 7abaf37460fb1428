#pragma once

#include "core/limits.h"
#include "import/bytes.h"
#include "onnx/model.h"

namespace ganlet::importing {

/// Whether a file has TensorFlow Lite's mark, "TFL3" behind its first four bytes.
bool is_tflite(Bytes file);

/// A TensorFlow Lite file: its first subgraph. Numbers are real: quantized inputs and outputs are what their integers
/// stand for, and int8 weights stay int8. Errors: corrupt, unsupported (an operation), limit_exceeded, cancelled.
Result<onnx::Model> read_tflite(Bytes file, const Limits& limits, Budget& budget);

} // namespace ganlet::importing
