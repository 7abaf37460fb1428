#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "studio/state.h"

namespace ganlet::studio {

/// Undo and redo: the earlier states, the present one and those that were undone.
class Timeline {
 public:
  static constexpr std::size_t longest = 200; ///< states that are kept
  static constexpr double together = 1.0;     ///< seconds within which changes of one kind are one step

  explicit Timeline(State first) : states_{std::move(first)} {}

  const State& now() const { return states_[at_]; }
  /// Goes on to `next`. Changes of one `kind` (such as dragging one slider) that follow each other within `together`
  /// are one step; an empty kind is always a step. A state equal to the present one changes nothing. `seconds` is the
  /// time since any fixed moment.
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

/// What outlasts a session, in the browser's storage or a file: one line for each thing.
struct Keepsakes {
  static constexpr std::size_t most_favourites = 100;
  static constexpr std::size_t most_recent = 60;

  std::vector<std::string> favourites; ///< fragments, as `link_of` writes them with all of a state; the newest first
  std::vector<std::string> recent;     ///< what was shown, the newest first
  std::string theme;                   ///< "dark", "light", or empty for the system's
  std::string panel;
  int side = 0;     ///< width of the panels, in units of the interface; 0 for the usual one
  std::string last; ///< the state at the end

  bool operator==(const Keepsakes&) const = default;
};

/// Puts a fragment first in a list, once; drops the oldest beyond `most`.
void put_first(std::vector<std::string>& list, const std::string& fragment, std::size_t most);
/// Adds a fragment to the favourites, or removes it.
void toggle_favourite(Keepsakes& keepsakes, const std::string& fragment);
/// Whether the history or the favourites have it.
bool is_listed(const Keepsakes& keepsakes, std::string_view fragment);
bool is_favourite(const Keepsakes& keepsakes, std::string_view fragment);

std::string to_text(const Keepsakes& keepsakes);
/// Lines that aren't understood are skipped: a file of another version still gives what it can.
Keepsakes keepsakes_of(std::string_view text);

} // namespace ganlet::studio
