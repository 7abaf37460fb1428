#pragma once

#include <array>
#include <string>

#include "graph/backend.h"
#include "graph/lower.h"

/// OpenGL 4.3 compute, with the kernels of shaders/: for GPUs of desktops, and for Mesa's software rasteriser.
namespace ganlet::gl {

/// Runs float32 networks, and float32 or int8 weights; `can_run` says what it leaves to others. It answers later:
/// natively, `Run::wait` waits for it. Its programs may be used on any thread.
extern const Backend backend;

/// Lets networks run on the GPU that draws the program's window, whose OpenGL context this thread uses: with
/// `CompileOptions::of_window` as the device, `Backend::make_picture` writes the window's textures. Errors:
/// unsupported, in a sentence.
Result<void> share_current_context();

/// The GPU that `CompileOptions::device` stands for.
struct DeviceFacts {
  std::string name;
  std::string driver;  ///< with its version, and the GPU's name
  std::string kernels; ///< changes with them
  bool is_software = false;
  int kept_kernels = 0; ///< that were found compiled in the user's folder for caches
  /// How fast it computes convolutions by each kind of tile (KernelChoice::tile), compared with the first; 0: not used.
  std::array<float, 3> tile_speeds{};
};
/// Errors: unsupported, in a sentence.
Result<DeviceFacts> describe(const CompileOptions& options);

/// Compares each operation on the device of these options with `evaluate`, once for each version of a driver and of the
/// kernels: what was found is kept in the user's folder for caches. From then on `can_run` refuses what was wrong, and
/// says so. Errors: unsupported, device_lost.
Result<void> check_device(const CompileOptions& options, Evaluate evaluate);

/// Whether no device that was checked has been wrong; checks this one, if it wasn't yet.
Result<bool> computes_rightly(const CompileOptions& options, Evaluate evaluate);

/// As if a kernel computed nothing, such as "softmax", for tests; "" ends it. Devices are then checked again.
void pretend_fault(int device, const std::string& kernel);

/// As if the device were, or weren't, a program that stands in for a GPU, for tests.
void pretend_software(int device, bool is_software);

/// As if the driver had lost the device that `CompileOptions::device` stands for, for tests.
void pretend_loss(int device);

} // namespace ganlet::gl
