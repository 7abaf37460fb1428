#pragma once

#include "graph/backend.h"
#include "graph/lower.h"

/// WebGPU compute, with the kernels of shaders/: for GPUs in pages.
namespace ganlet::webgpu {

/// Runs float32 networks, and float32 or int8 weights; `can_run` says what it leaves to others. It answers later: a
/// page polls its runs. The device is one that JavaScript has opened before it started the program.
extern const Backend backend;

using Compile = Result<std::unique_ptr<Program>> (*)(Graph graph, const CompileOptions& options);

/// Compiles with `compile`. In its first run the program compares its operations with `evaluate`, if the device hasn't
/// been seen to do them rightly: from then on `can_run` refuses what is wrong, and the graph is compiled again.
Result<std::unique_ptr<Program>> compile_checked(Graph graph, const CompileOptions& options, Compile compile,
                                                 Evaluate evaluate);

} // namespace ganlet::webgpu
