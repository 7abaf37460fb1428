#pragma once

#include "graph/backend.h"

/// OpenGL 4.3 compute, with the kernels of shaders/: for GPUs of desktops, and for Mesa's software rasteriser.
namespace ganlet::gl {

/// Runs float32 networks, and float32 or int8 weights; `can_run` says what it leaves to others. It answers later:
/// natively, `Run::wait` waits for it. Its programs may be used on any thread.
extern const Backend backend;

/// Lets networks run on the GPU that draws the program's window, whose OpenGL context this thread uses: with
/// `CompileOptions::of_window` as the device, `Backend::make_picture` writes the window's textures. Errors:
/// unsupported, in a sentence.
Result<void> share_current_context();

/// As if the driver had lost the device that `CompileOptions::device` stands for, for tests.
void pretend_loss(int device);

} // namespace ganlet::gl
