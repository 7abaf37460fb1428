#pragma once

#include <cstddef>
#include <span>

#include "core/limits.h"
#include "graph/backend.h"

namespace ganlet {

/// The graph of an ONNX file, lowered as a backend prefers it, with constants folded by the reference. Errors: those of
/// onnx::read and lower.
Result<Graph> read_graph(std::span<const std::byte> onnx, const Limits& limits, const Preferences& prefers);

} // namespace ganlet
