#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "backends/backends.h"

/// `automatic_backend`: pictures that change while they are shown, animations and large grids, are drawn by whatever
/// takes less time for one. All others, and all that is saved, posted or served, are the default backend's:
/// `backend_named` gives it.
namespace ganlet {

/// The fewest pictures of a grid, while it changes, for which the choice is made; animations may have fewer.
inline constexpr std::int64_t least_grid_for_gpu = 16;

/// A network that two backends could run.
struct Contested {
  std::string digest; ///< tells it from others, such as the SHA-256 of its file
  std::int64_t batch = 1;
  CompileOptions options;
  /// The network compiled by a backend; it is asked only for what has to be measured.
  std::function<Result<Program*>(const Backend&)> program;
};

/// Milliseconds that a picture takes.
struct Pace {
  double on_processor = 0, on_gpu = 0;

  bool gpu_is_faster() const { return on_gpu < on_processor; }
};

/// Measures the default backend and the GPU of these options, once for each network, batch, number of threads, driver
/// and version of the kernels: the times are kept in the user's folder for caches. Errors: unsupported, in a sentence,
/// if there is no GPU to choose: none, a program that stands in for one, or one that computes wrongly; those of runs.
Result<Pace> pace_of(const Contested& network);

} // namespace ganlet
