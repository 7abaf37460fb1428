#pragma once

#include "graph/backend.h"

/// OpenGL 4.3 compute, with the kernels of shaders/: for GPUs of desktops, and for Mesa's software rasteriser.
namespace ganlet::gl {

/// Runs float32 networks, and float32 or int8 weights; `can_run` says what it leaves to others. It answers later:
/// natively, `Run::wait` waits for it. Its programs may be used on any thread.
extern const Backend backend;

/// As if the driver had lost the device that `CompileOptions::device` stands for, for tests.
void pretend_loss(int device);

} // namespace ganlet::gl
