#pragma once

#include <cstddef>
#include <span>

#include "graph/backend.h"

namespace ganlet {

namespace onnx {
struct Model;
}

/// The graph of an ONNX file, lowered as a backend prefers it, with constants folded by the reference backend, within
/// the load budget of `options`. Errors: those of onnx::read and lower; where operators are missing, all of them at
/// once.
Result<Graph> read_graph(std::span<const std::byte> onnx, const CompileOptions& options, const Preferences& prefers);

/// The same for a file that has been read, within the rest of a budget. Errors: those of lower.
Result<Graph> graph_of(onnx::Model model, const CompileOptions& options, const Preferences& prefers, Budget& budget);

} // namespace ganlet
