#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "studio/state.h"

namespace ganlet::studio {

/// Undo and redo: the states that were, the present one and those that were taken back.
class Timeline {
 public:
  static constexpr std::size_t longest = 200; ///< states that are kept
  static constexpr double together = 1.0;     ///< seconds within which changes of one kind are one step

  explicit Timeline(State first) : states_{std::move(first)} {}

  const State& now() const { return states_[at_]; }
  /// Goes on to `next`. Changes of one `kind` (such as dragging one slider) that follow each other within `together`
  /// are one step; an empty kind is always a step. A state that is equal to the present one changes nothing. `seconds`
  /// is the time, from any start.
  void change(State next, std::string_view kind, double seconds);
  /// Ends the step, so that the next change is one of its own: a slider was let go of.
  void settle() { kind_.clear(); }
  bool can_undo() const { return at_ > 0; }
  bool can_redo() const { return at_ + 1 < states_.size(); }
  void undo();
  void redo();

 private:
  std::vector<State> states_;
  std::size_t at_ = 0;
  std::string kind_;
  double changed_ = 0;
};

} // namespace ganlet::studio
