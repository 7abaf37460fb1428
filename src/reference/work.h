#pragma once

#include <cassert>

#include "core/budget.h"

namespace ganlet::reference {

/// One operation's share of a budget, taken as its loops go: at most `Budget::step` units before each look at what is
/// left, the deadline and the stop flag. A loop says how many equal turns it has, and asks before each:
///
///     work.split(output.shape.elements());
///     for (...) {
///       if (!work.turn())
///         break;
///       ...
///     }
///     return work.result();
class Work {
 public:
  Work(Budget& budget, std::int64_t units) : budget_(budget), units_(units) {}

  /// Before the first turn. What doesn't divide is taken at once.
  void split(std::int64_t turns);
  /// False where the work has to stop: `result` says why.
  bool turn(std::int64_t count = 1) {
    paid_ -= count;
    return paid_ >= 0 || pay();
  }
  /// Whether a turn has been refused; loops around loops end then.
  bool stopped() const { return error_.has_value(); }
  /// The error that ended the work early, if one did.
  Result<void> result();

 private:
  bool pay();

  Budget& budget_;
  std::int64_t units_;    ///< not taken yet
  std::int64_t each_ = 0; ///< units of a turn
  std::int64_t paid_ = 0; ///< turns that may still be done
  std::optional<Error> error_;
};

} // namespace ganlet::reference
