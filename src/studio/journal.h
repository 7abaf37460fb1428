#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "studio/state.h"

namespace ganlet::studio {

/// Undo and redo: earlier states, the present one, and those that were undone.
class Timeline {
 public:
  static constexpr std::size_t longest = 200; ///< the most states that are kept
  static constexpr double together = 1.0;     ///< seconds within which changes of the same kind form one step

  explicit Timeline(State first) : states_{std::move(first)} {}

  const State& now() const { return states_[at_]; }
  /// Moves on to `next`. Changes of the same `kind` (such as dragging one slider) within `together` of each other form
  /// one step; with an empty kind each change is a step. A state equal to the present one has no effect. `seconds` is
  /// the time since some fixed moment.
  void change(State next, std::string_view kind, double seconds);
  /// Ends the step, so that the next change begins another; called when a slider is released.
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

/// What is kept between sessions, in the browser's storage or a file, with one line per entry.
struct Keepsakes {
  static constexpr std::size_t most_favourites = 100;
  static constexpr std::size_t most_recent = 60;

  std::vector<std::string> favourites; ///< fragments of whole states, as `whole_fragment` writes them; newest first
  std::vector<std::string> recent;     ///< what was shown; newest first
  std::string theme;                   ///< "dark", "light", or empty for the system's
  std::string panel;
  int side = 0;     ///< width of the panels, in units of the interface; 0 for the usual one
  std::string last; ///< the state at the end

  bool operator==(const Keepsakes&) const = default;
};

/// Moves a fragment to the front of a list, or inserts it there; drops the oldest beyond `most`.
void put_first(std::vector<std::string>& list, const std::string& fragment, std::size_t most);
/// Adds a fragment to the favourites, or removes it.
void toggle_favourite(Keepsakes& keepsakes, const std::string& fragment);
/// Whether the fragment is in the history or the favourites.
bool is_listed(const Keepsakes& keepsakes, std::string_view fragment);
bool is_favourite(const Keepsakes& keepsakes, std::string_view fragment);

std::string to_text(const Keepsakes& keepsakes);
/// Lines that aren't understood are skipped, so that a file of another version still gives what it can.
Keepsakes keepsakes_of(std::string_view text);

} // namespace ganlet::studio
