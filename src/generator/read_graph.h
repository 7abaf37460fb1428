#pragma once

#include <cstddef>
#include <span>

#include "graph/backend.h"

namespace ganlet {

/// The graph of an ONNX file, lowered as a backend prefers it, with constants folded by the reference backend, within
/// the load budget of `options`. Errors: those of onnx::read and lower.
Result<Graph> read_graph(std::span<const std::byte> onnx, const CompileOptions& options, const Preferences& prefers);

} // namespace ganlet
