#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>

#include "core/error.h"

namespace ganlet {

/// How much work may still be done, and what stops it early. A unit is one multiply-add or four bytes moved
/// (graph/cost.h). Code takes the units of a step before doing it, and cuts work into steps of at most `step` units
/// where it can. Only one thread may take; any thread may set the stop flag.
///
///     std::atomic<bool> stop = false;
///     Budget budget(std::int64_t{1} << 35);
///     budget.stop_with(&stop).stop_at(Budget::Clock::now() + std::chrono::seconds(2));
///     program.start(inputs, budget); // cancelled once `stop` is set, limit_exceeded once units or time are used up
class Budget {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::int64_t step = std::int64_t{1} << 26; ///< the most units between two checks

  explicit Budget(std::int64_t units) : units_(units), left_(units) {}

  /// `stop` must outlive the budget; null stops nothing.
  Budget& stop_with(const std::atomic<bool>* stop) {
    stop_ = stop;
    return *this;
  }
  Budget& stop_at(Clock::time_point deadline) {
    deadline_ = deadline;
    return *this;
  }

  std::int64_t left() const { return left_; }
  std::int64_t used() const { return units_ - left_; }

  /// Takes all of `units` (not negative), or none. Errors, without a place: cancelled (the stop flag is set),
  /// limit_exceeded (the deadline has passed, or fewer units are left).
  Result<void> take(std::int64_t units);
  /// The errors that `take` would give, without taking anything.
  Result<void> check(std::int64_t units) const;

 private:
  std::int64_t units_;
  std::int64_t left_;
  const std::atomic<bool>* stop_ = nullptr;
  Clock::time_point deadline_ = Clock::time_point::max();
};

} // namespace ganlet
