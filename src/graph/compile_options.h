#pragma once

#include <atomic>

#include "core/budget.h"
#include "core/limits.h"

namespace ganlet {

/// For developers: what a GPU otherwise decides by itself.
struct KernelChoice {
  /// How convolutions are cut: 0: each invocation by itself, 1 and 2: by tiles of 32 and 64 pixels and channels; -1: as
  /// was measured.
  int tile = -1;
  std::int64_t parts = 0;    ///< that long sums are cut into; 0: as many as the GPU needs to be busy
  bool half_weights = false; ///< keeps float32 weights as float16
};

struct CompileOptions {
  int threads = 1; ///< at least 1; backends without threads ignore it
  /// The GPU that draws the program's window (gl::share_current_context), as a number of `device`.
  static constexpr int of_window = -2;
  /// Which of the machine's GPUs runs it, counted from 0; -1 is the first real one. For backends of GPUs.
  int device = -1;
  KernelChoice kernels;
  Limits limits;
  bool profile = false; ///< measures each node in each run
  /// Keeps constants that running doesn't read, such as weights that have been packed.
  bool keep_constants = false;
  /// Any thread may set it; loading, and running under these budgets, then ends with the error cancelled. Null, or must
  /// outlive everything compiled with it.
  const std::atomic<bool>* stop = nullptr;

  /// A budget for reading and lowering one file; compiling takes another one.
  Budget load_budget() const { return Budget(limits.load_units).stop_with(stop); }
  /// A budget for one run.
  Budget run_budget() const { return Budget(limits.run_units).stop_with(stop); }
};

} // namespace ganlet
