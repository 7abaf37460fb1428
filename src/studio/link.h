#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "studio/state.h"

/// Links and program arguments: one set of names, one parser.
namespace ganlet::studio {

inline constexpr std::size_t longest_link = 199;   ///< characters of a fragment that is shared
inline constexpr std::size_t longest_kept = 65536; ///< of one that is kept here, which has room for all of a state

/// What a start may ask for besides a state.
struct Start {
  std::string models; ///< a directory that is looked in first
  std::string theme;  ///< "dark", "light", or empty for the system's
  std::string panel;  ///< the one that is open
  float scale = 0;    ///< of everything, in place of the display's; 0 for the display's
  int width = 1280;   ///< of the window
  int height = 800;
  std::string screenshot; ///< a file to write after `frames` frames, and then leave
  int frames = 0;
  std::string script;  ///< a file with a step a line
  std::string part;    ///< of the model, such as generator_f32
  std::string backend; ///< "xnn" or "reference"

  bool operator==(const Start&) const = default;
};

/// One setting by its name. A link may come from anybody, so it may set the state, the theme and the open panel; what
/// reads and writes files, or says how the program runs, only the program's own `--NAME` arguments may set.
struct Setting {
  enum class Source : std::uint8_t { link, argument };
  std::string name, value;
  Source source = Source::link;
  bool operator==(const Setting&) const = default;
};

/// The settings of a query or fragment, `#a=b&c=d`, with or without the first character; percent signs and pluses are
/// decoded. What can't be decoded is left out. At most 64 settings of `longest_kept` characters.
std::vector<Setting> settings_of_link(std::string_view link);
/// The settings of program arguments: `--a b`, `--a=b`, and a link as one argument; an argument without a name is the
/// model.
std::vector<Setting> settings_of_arguments(std::span<const std::string> arguments);

/// Applies what is right; gives a sentence for each setting that isn't, or that a link may not set, naming it. The
/// state is valid afterwards.
std::vector<std::string> apply(std::span<const Setting> settings, State& state, Start& start);

/// What can be set, a line each, for `--help`.
std::string usage();
/// The names that only arguments may set.
std::vector<std::string_view> start_names();

struct Link {
  std::string fragment;              ///< without the '#', at most as many characters as were asked for
  std::vector<std::string> left_out; ///< in words: what the link has no room for
};

/// The state as a link: what differs from a fresh State, the most telling first. Applying the fragment to a State gives
/// the same state again where nothing was left out.
Link link_of(const State& state, std::size_t longest = longest_link);

/// All of the state as a fragment, to be kept; what is shared is shorter.
inline std::string whole_fragment(const State& state) {
  return link_of(state, longest_kept).fragment;
}

/// The state of a fragment.
State state_of(std::string_view fragment);

/// Where a session begins that was asked for `wanted`: at all of what was kept, where `wanted` is what a link has room
/// for of that.
State all_of(const State& wanted, std::string_view kept);

} // namespace ganlet::studio
