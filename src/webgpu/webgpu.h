#pragma once

#include "graph/backend.h"

/// WebGPU compute, with the kernels of shaders/: for GPUs in pages.
namespace ganlet::webgpu {

/// Runs float32 networks, and float32 or int8 weights; `can_run` says what it leaves to others. It answers later: a
/// page polls its runs. The device is one that JavaScript has opened before it started the program.
extern const Backend backend;

} // namespace ganlet::webgpu
