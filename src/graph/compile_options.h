#pragma once

#include <atomic>

#include "core/budget.h"
#include "core/limits.h"

namespace ganlet {

struct CompileOptions {
  int threads = 1; ///< at least 1; backends without threads ignore it
  Limits limits;
  bool profile = false; ///< measure each node on each run
  /// Keep constants that running doesn't read, such as weights once they are packed.
  bool keep_constants = false;
  /// Any thread may set it: loading, and running under these budgets, then end as cancelled. Null, or to outlive all
  /// that is compiled with it.
  const std::atomic<bool>* stop = nullptr;

  /// For reading and lowering one file, and again for compiling it.
  Budget load_budget() const { return Budget(limits.load_units).stop_with(stop); }
  /// For one run.
  Budget run_budget() const { return Budget(limits.run_units).stop_with(stop); }
};

} // namespace ganlet
