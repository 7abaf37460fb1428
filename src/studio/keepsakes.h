#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ganlet::studio {

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
/// Takes a fragment into the favourites, or out of them.
void toggle_favourite(Keepsakes& keepsakes, const std::string& fragment);
/// Whether the history or the favourites have it.
bool is_listed(const Keepsakes& keepsakes, std::string_view fragment);
bool is_favourite(const Keepsakes& keepsakes, std::string_view fragment);

std::string to_text(const Keepsakes& keepsakes);
/// Lines that aren't understood are skipped: a file of another version still gives what it can.
Keepsakes keepsakes_of(std::string_view text);

} // namespace ganlet::studio
