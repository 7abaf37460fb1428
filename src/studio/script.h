#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

/// Scripts, which drive the program as people do, a step a line.
namespace ganlet::studio {

class Controls;

/// One line of a script: a word and what follows it.
struct Step {
  enum class Kind {
    set,        ///< settings as in a link
    command,    ///< what the page's controls say: generate, undo, redo, favourite, save, play, ...
    wait,       ///< until nothing is being worked on
    frames,     ///< so many frames
    press,      ///< a control, by what stands on it: "Copy", or with the heading above it "Link > Copy"
    point,      ///< moves the mouse onto a control
    drag,       ///< x y, in units, then a control: from its middle by that much
    wheel,      ///< notches, then a control
    type,       ///< text
    key,        ///< a key's name, such as ctrl+z
    screenshot, ///< a file
    memory,     ///< a file, into which goes how many bytes the program holds
    open,       ///< a file, as if it were dropped on the window
    quit,
  };

  Kind kind = Kind::wait;
  std::string text;             ///< a control, or what else is no number
  std::vector<float> numbers{}; ///< of frames, drag and wheel
  bool operator==(const Step&) const = default;
};

/// Reads a script; lines that are empty or begin with '#' are comments. Errors: corrupt, with the line's number.
Result<std::vector<Step>> parse_script(std::string_view text);

/// What a frame of a step led to.
enum class StepState { goes_on, done, no_such_control };

/// A script under way.
class Script {
 public:
  Script() = default;
  explicit Script(std::vector<Step> steps) : steps_(std::move(steps)) {}

  bool is_done() const { return at_ >= steps_.size(); }
  const Step& step() const { return steps_[at_]; }
  /// The frames of the present step before this one.
  int frame() const { return frame_; }
  /// A frame of a step that the mouse or the keyboard makes; the others are the program's.
  StepState play(Controls& controls);
  /// Ends a frame, and the step too if it is `done`.
  void next(bool done);

 private:
  StepState play_mouse(float x, float y, int frame) const;

  std::vector<Step> steps_;
  std::size_t at_ = 0;
  int frame_ = 0, found_ = -1; ///< the frame in which the step's control was found; -1 before that
  float left_ = 0, top_ = 0;   ///< the control's middle then: it may go when it is pressed
};

bool is_input(Step::Kind kind);

} // namespace ganlet::studio
