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

/// The same for a generator, whose pictures' outputs get their usual form (`make_picture_outputs`). If it can't be
/// followed with an open batch, because something in it mixes pictures or takes one of them, it is lowered for one at a
/// time, from `file` again. Errors: the first one's.
Result<Graph> generator_of(onnx::Model model, std::span<const std::byte> file, const CompileOptions& options,
                           const Preferences& prefers, Budget& budget);
/// Both from a file. Errors: as of `read_graph`.
Result<Graph> read_generator(std::span<const std::byte> file, const CompileOptions& options,
                             const Preferences& prefers);

} // namespace ganlet
