#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

/// Scripts, which operate the program as people do, one step per line.
namespace ganlet::studio {

class Controls;

/// One line of a script: a word and its arguments.
struct Step {
  enum class Kind {
    set,        ///< settings as in a link
    command,    ///< a command of the page's controls: generate, undo, redo, favourite, save, play, ...
    wait,       ///< until no work is in progress
    frames,     ///< a number of frames
    press,      ///< a control, by its label: "Copy", or with the heading above it "Link > Copy"
    leave,      ///< a control: presses it and lets go beside it, which only brings the keyboard there
    point,      ///< moves the mouse onto a control
    drag,       ///< x y, in units, then a control: drags from its middle by that much
    wheel,      ///< notches, then a control
    type,       ///< text
    key,        ///< a key's name, such as ctrl+z
    screenshot, ///< a file
    memory,     ///< a file, to which the number of bytes in use is written
    open,       ///< a file, as if it were dropped on the window
    quit,
  };

  Kind kind = Kind::wait;
  std::string text;             ///< a control, or any other argument that isn't a number
  std::vector<float> numbers{}; ///< of frames, drag and wheel
  bool operator==(const Step&) const = default;
};

/// Reads a script; lines that are empty or begin with '#' are comments. Errors: corrupt, with the line's number.
Result<std::vector<Step>> parse_script(std::string_view text);

/// The result of one frame of a step.
enum class StepState { goes_on, done, no_such_control };

/// A running script.
class Script {
 public:
  Script() = default;
  explicit Script(std::vector<Step> steps) : steps_(std::move(steps)) {}

  bool is_done() const { return at_ >= steps_.size(); }
  const Step& step() const { return steps_[at_]; }
  /// The number of earlier frames in the present step.
  int frame() const { return frame_; }
  /// Plays one frame of a step that uses the mouse or the keyboard; the program performs the others.
  StepState play(Controls& controls);
  /// Ends a frame, and, if `done`, the step.
  void next(bool done);

 private:
  StepState play_mouse(float x, float y, int frame) const;

  std::vector<Step> steps_;
  std::size_t at_ = 0;
  int frame_ = 0, found_ = -1; ///< the frame in which the step's control was found, or -1
  float left_ = 0, top_ = 0;   ///< the control's middle at that time: it may disappear when pressed
  float height_ = 0;           ///< the control's
};

bool is_input(Step::Kind kind);

} // namespace ganlet::studio
