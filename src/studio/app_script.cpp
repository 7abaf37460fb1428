// Scripts, and the screenshot that `--screenshot` asks for.
#include "core/text.h"
#include "image/png_writer.h"
#include "image/whole_file.h"
#include "studio/app.h"

namespace ganlet::studio {

void App::run_script() {
  if (script_.is_done())
    return;
  host_.window.redraw();
  const Step& step = script_.step();
  if (!is_input(step.kind)) {
    script_.next(run_step(step, script_.frame()));
    return;
  }
  const StepState outcome = script_.play(controls_);
  if (outcome == StepState::no_such_control) {
    say_problem(concat("There is no control '", printable(step.text), "' on the screen."));
    host_.window.quit(1);
  }
  script_.next(outcome != StepState::goes_on);
}

/// Runs one frame of a step; true if it was the last.
bool App::run_step(const Step& step, int frame) {
  switch (step.kind) {
  case Step::Kind::set:
    apply_settings(settings_of_link(step.text));
    return true;
  case Step::Kind::command:
    command(step.text);
    return true;
  case Step::Kind::wait: // an answer may lead to a request in the next frame
    idle_frames_ = is_idle() ? idle_frames_ + 1 : 0;
    return frame > 3 && idle_frames_ > 3;
  case Step::Kind::frames:
    return frame >= static_cast<int>(step.numbers[0]);
  case Step::Kind::screenshot:
    if (frame == 3) {
      captured_file_ = step.text;
      host_.window.capture();
    }
    return frame > 3 && captured_file_.empty();
  case Step::Kind::memory: {
    const std::string bytes = std::to_string(host_.system.memory());
    (void)write_whole(step.text, std::as_bytes(std::span(bytes)));
    return true;
  }
  case Step::Kind::open:
    opened(step.text);
    return true;
  case Step::Kind::quit:
    host_.window.quit(notices_.problem.empty() ? 0 : 1);
    return true;
  default:
    return true; // mouse and keyboard, see Script::play
  }
}

/// Whether nothing is in progress and there is something to see.
bool App::is_idle() const {
  return !session_.is_busy() && session_.loading().name.empty() && session_.loading_step() < 0 && actions_.empty() &&
         (session_.has_model() || !notices_.problem.empty());
}

void App::captured(const Image& screen) {
  const std::string file = std::exchange(captured_file_, {});
  const auto png = encode_png(screen);
  const Result<void> written =
      png ? write_whole(file, *png) : Result<void>(fail(ErrorCode::io, file, "can't be encoded"));
  if (!written)
    say_problem(written.error().text());
  if (ends_)
    host_.window.quit(written ? 0 : 1);
}

/// After the requested number of frames, takes the screenshot and ends.
void App::finish_frames() {
  if (start_.frames == 0 || ends_)
    return;
  const bool is_settled = script_.is_done() && is_idle() && (viewer_.picture().texture || !notices_.problem.empty());
  settled_frames_ = is_settled ? settled_frames_ + 1 : 0;
  host_.window.redraw();
  if (frames_.drawn < start_.frames || settled_frames_ < 4)
    return;
  ends_ = true;
  if (start_.screenshot.empty()) {
    host_.window.quit(0);
    return;
  }
  captured_file_ = start_.screenshot;
  host_.window.capture();
}

} // namespace ganlet::studio
