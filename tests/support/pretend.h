#pragma once

#include <cstdint>
#include <optional>

#include "graph/backend.h"

namespace ganlet::test {

/// What the pretended device does next. Tests set it; programs look at it when they are compiled and when they run.
struct Pretence {
  std::uint64_t seed = 1;                 ///< which half of the operations it runs, and how long it takes
  int most_polls = 3;                     ///< that a dispatch takes
  std::optional<std::int64_t> fails_at;   ///< the dispatch of a run that fails, counted from 0
  std::optional<std::int64_t> is_lost_at; ///< the dispatch during which the device is lost
  bool is_lost = false;                   ///< then no program runs that was compiled before
};
extern Pretence pretence;

/// Pieces of the device's memory that there are.
std::int64_t pretended_pieces();

/// A backend like a GPU's: its buffers can't be viewed by the host, runs answer after a random number of polls, and it
/// runs a random half of the operations. Weights are copied to the device when compiling, and dropped. One dispatch is
/// one node, computed by the reference. What it can't run goes to the reference.
extern const Backend pretend;
/// The same device without help: it compiles only what it can run.
extern const Backend pretended_device;
/// What it can't run goes to XNNPACK.
extern const Backend pretend_before_xnn;

} // namespace ganlet::test
