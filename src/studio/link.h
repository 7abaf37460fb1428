#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "studio/state.h"

/// Links and program arguments: they share their names and their parser.
namespace ganlet::studio {

inline constexpr std::size_t longest_link = 199;   ///< the most characters in a shared fragment
inline constexpr std::size_t longest_kept = 65536; ///< the most in one that is kept locally: fits any state

/// What a start may specify besides a state.
struct Start {
  std::string models; ///< a directory that is searched first
  std::string theme;  ///< "dark", "light", or empty for the system's
  std::string panel;  ///< the open panel
  float scale = 0;    ///< of everything; 0: the display's own scale
  int width = 1280;   ///< of the window
  int height = 800;
  std::string screenshot; ///< a file to write after `frames` frames, before the program ends
  int frames = 0;
  std::string script;  ///< a file with one step per line
  std::string part;    ///< of the model, such as generator_f32
  std::string backend; ///< of `Engine`

  bool operator==(const Start&) const = default;
};

/// A setting, by name. A link may come from anybody, so it may only set the state, the theme and the open panel.
/// Settings that read and write files, or change how the program runs, are accepted only from the program's own
/// `--NAME` arguments.
struct Setting {
  enum class Source : std::uint8_t { link, argument };
  std::string name, value;
  Source source = Source::link;
  bool operator==(const Setting&) const = default;
};

/// A text as it stands in a query or fragment.
std::string percent_encoded(std::string_view text);

/// The settings of a query or fragment, `#a=b&c=d`, with or without the first character; percent signs and pluses are
/// decoded. Settings that can't be decoded are left out. At most 64 settings of `longest_kept` characters.
std::vector<Setting> settings_of_link(std::string_view link);
/// The settings of program arguments: `--a b`, `--a=b`, or a whole link as one argument. An argument without a name is
/// the model.
std::vector<Setting> settings_of_arguments(std::span<const std::string> arguments);

/// Applies the valid settings; returns a sentence, with the setting's name, for each one that is invalid or that a link
/// may not set. The state is valid afterwards.
std::vector<std::string> apply(std::span<const Setting> settings, State& state, Start& start);

/// Everything that can be set, one per line, for `--help`.
std::string usage();
/// The names that only arguments may set.
std::vector<std::string_view> start_names();

struct Link {
  std::string fragment;              ///< without the '#', at most as long as requested
  std::vector<std::string> left_out; ///< what the link has no room for, in words
};

/// The state as a link: the settings that differ from a default State, the most important first. If nothing was left
/// out, applying the fragment to a State gives the same state again.
Link link_of(const State& state, std::size_t longest = longest_link);

/// The whole state as a fragment, for keeping; shared fragments are shorter.
inline std::string whole_fragment(const State& state) {
  return link_of(state, longest_kept).fragment;
}

/// The state of a fragment.
State state_of(std::string_view fragment);

/// The state for a session that was started with `wanted`: the whole kept state, if `wanted` is what a link can hold of
/// it; else `wanted`.
State all_of(const State& wanted, std::string_view kept);

} // namespace ganlet::studio
