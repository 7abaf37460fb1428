#pragma once

#include <cstddef>
#include <span>

#include "core/limits.h"
#include "onnx/model.h"

namespace ganlet::onnx {

/// Parses and checks a whole ONNX file. Nothing outside `bytes` is read; the model keeps no reference to them.
/// Errors: corrupt (not protobuf, truncated, inconsistent sizes, a value used before it is made, a cycle, two makers of one value),
/// unsupported (opset, domain, element type, external data, subgraph, function, sparse tensor), limit_exceeded.
/// Each names its place, such as `graph.initializer[3] 'fc.weight'`.
Result<Model> read(std::span<const std::byte> bytes, const Limits& limits);

} // namespace ganlet::onnx
