#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace ganlet::studio {

/// One line of a script: a word and what follows it.
struct Step {
  enum class Kind {
    set,        ///< settings as in a link
    command,    ///< what the page's controls say: generate, undo, redo, favourite, save, play, ...
    panel,      ///< opens a panel by its name
    wait,       ///< until nothing is being worked on
    frames,     ///< so many frames
    click,      ///< x y, in units of the interface
    drag,       ///< x y to-x to-y
    wheel,      ///< x y notches
    type,       ///< text
    key,        ///< a key's name, such as ctrl+z
    screenshot, ///< a file
    memory,     ///< a file, into which goes how many bytes the program holds
    open,       ///< a file, as if it were dropped on the window
    quit,
  };

  Kind kind = Kind::wait;
  std::string text;           ///< of those that take no numbers
  std::vector<float> numbers; ///< of frames, click, drag and wheel
  bool operator==(const Step&) const = default;
};

/// Reads a script; lines that are empty or begin with '#' count for nothing. Errors: corrupt, with the line's number.
Result<std::vector<Step>> parse_script(std::string_view text);

} // namespace ganlet::studio
