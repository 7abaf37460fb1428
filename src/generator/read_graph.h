#pragma once

#include <cstddef>
#include <span>

#include "core/limits.h"
#include "graph/graph.h"

namespace ganlet {

/// The graph of an ONNX file, lowered, with constants folded by the reference. Errors: those of onnx::read and lower.
Result<Graph> read_graph(std::span<const std::byte> onnx, const Limits& limits);

} // namespace ganlet
