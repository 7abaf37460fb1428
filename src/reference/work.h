#pragma once

#include <cassert>
#include <optional>

#include "core/budget.h"

namespace ganlet::reference {

/// Of a pixel, between two checks: some operations do dozens of units for each.
constexpr std::int64_t channels_at_once = 1 << 16;

/// One operation's share of a budget, taken as its loops proceed: at most `Budget::step` units between two checks of
/// the units left, the deadline and the stop flag. A loop states how many equal turns it has, and asks before each:
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

  /// To be called before the first turn. Units that don't divide evenly are taken at once.
  void split(std::int64_t turns);
  /// False if the work has to stop; `result` says why.
  bool turn(std::int64_t count = 1) {
    paid_ -= count;
    return paid_ >= 0 || pay();
  }
  /// Whether a turn has been refused; outer loops end then.
  bool stopped() const { return error_.has_value(); }
  /// The error that ended the work early, if one did.
  Result<void> result();

 private:
  bool pay();

  Budget& budget_;
  std::int64_t units_;    ///< not taken yet
  std::int64_t each_ = 0; ///< units per turn
  std::int64_t paid_ = 0; ///< turns already paid for
  std::optional<Error> error_;
};

} // namespace ganlet::reference
