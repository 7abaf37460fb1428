#include "studio/script.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <imgui.h>

#include "core/json.h"
#include "core/text.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

struct Word {
  std::string_view name;
  Step::Kind kind;
  int numbers; ///< how many follow, before the text
  bool has_text;
};

constexpr Word words[] = {
    {"set", Step::Kind::set, 0, true},       {"do", Step::Kind::command, 0, true},
    {"wait", Step::Kind::wait, 0, false},    {"frames", Step::Kind::frames, 1, false},
    {"press", Step::Kind::press, 0, true},   {"point", Step::Kind::point, 0, true},
    {"drag", Step::Kind::drag, 2, true},     {"wheel", Step::Kind::wheel, 1, true},
    {"type", Step::Kind::type, 0, true},     {"key", Step::Kind::key, 0, true},
    {"memory", Step::Kind::memory, 0, true}, {"screenshot", Step::Kind::screenshot, 0, true},
    {"open", Step::Kind::open, 0, true},     {"quit", Step::Kind::quit, 0, false},
    {"leave", Step::Kind::leave, 0, true},
};

/// Takes `count` numbers from the front of a text; false if there are fewer.
bool take_numbers(std::string& text, int count, std::vector<float>& out) {
  for (; count > 0; --count) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::optional<double> number = number_of(std::string_view(text).substr(0, end));
    if (!number)
      return false;
    out.push_back(static_cast<float>(*number));
    text.erase(0, end);
    text.erase(0, text.find_first_not_of(' '));
  }
  return true;
}

Result<Step> read_step(std::string_view line, int number) {
  const std::size_t space = std::min(line.find(' '), line.size());
  const std::string place = concat("line ", number);
  const auto word = std::ranges::find(words, line.substr(0, space), &Word::name);
  if (word == std::end(words))
    return fail(ErrorCode::corrupt, place, concat("there is no step '", printable(line.substr(0, space)), "'"));
  Step step{word->kind, std::string(line.substr(std::min(space + 1, line.size()))), {}};
  if (!take_numbers(step.text, word->numbers, step.numbers) || step.text.empty() == word->has_text)
    return fail(ErrorCode::corrupt, place,
                concat(word->name, " takes ", word->numbers > 0 ? concat(word->numbers, " numbers") : std::string(),
                       word->numbers > 0 && word->has_text ? " and " : "", word->has_text ? "a text" : ""));
  return step;
}

constexpr int drag_frames = 12; ///< over which a drag goes

struct KeyName {
  std::string_view name;
  ImGuiKey key;
};

constexpr KeyName key_names[] = {{"enter", ImGuiKey_Enter},
                                 {"escape", ImGuiKey_Escape},
                                 {"tab", ImGuiKey_Tab},
                                 {"space", ImGuiKey_Space},
                                 {"left", ImGuiKey_LeftArrow},
                                 {"right", ImGuiKey_RightArrow},
                                 {"up", ImGuiKey_UpArrow},
                                 {"down", ImGuiKey_DownArrow},
                                 {"a", ImGuiKey_A},
                                 {"n", ImGuiKey_N},
                                 {"y", ImGuiKey_Y},
                                 {"z", ImGuiKey_Z}};

void press_key(std::string_view name, bool down) {
  ImGuiIO& io = ImGui::GetIO();
  if (name.starts_with("ctrl+")) {
    io.AddKeyEvent(ImGuiMod_Ctrl, down);
    name.remove_prefix(5);
  }
  for (const KeyName& one : key_names)
    if (one.name == name)
      io.AddKeyEvent(one.key, down);
}

} // namespace

Result<std::vector<Step>> parse_script(std::string_view text) {
  std::vector<Step> steps;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#')
      continue;
    GANLET_TRY(Step step, read_step(line, number));
    steps.push_back(std::move(step));
  }
  return steps;
}

bool is_input(Step::Kind kind) {
  return kind == Step::Kind::press || kind == Step::Kind::leave || kind == Step::Kind::point ||
         kind == Step::Kind::drag || kind == Step::Kind::wheel || kind == Step::Kind::type || kind == Step::Kind::key;
}

void Script::next(bool done) {
  ++frame_;
  if (!done)
    return;
  ++at_;
  frame_ = 0;
  found_ = -1;
}

/// Moves and presses the mouse at a position; `frame` counts from when the control was found.
StepState Script::play_mouse(float x, float y, int frame) const {
  ImGuiIO& io = ImGui::GetIO();
  int release = 3;
  switch (step().kind) {
  case Step::Kind::wheel:
    io.AddMousePosEvent(x, y);
    if (frame == 1)
      io.AddMouseWheelEvent(0, step().numbers[0]);
    return frame == 2 ? StepState::done : StepState::goes_on;
  case Step::Kind::point:
    io.AddMousePosEvent(x, y);
    return frame == 2 ? StepState::done : StepState::goes_on;
  case Step::Kind::drag: {
    const float part = std::clamp(static_cast<float>(frame - 2) / drag_frames, 0.0F, 1.0F);
    x = std::round(x + part * px(step().numbers[0]));
    y = std::round(y + part * px(step().numbers[1]));
    release = drag_frames + 4;
    break;
  }
  case Step::Kind::leave:
    y -= frame > 1 ? std::round(height_) : 0; // above it: as far from its edge as its middle is
    break;
  default:
    break;
  }
  io.AddMousePosEvent(x, y);
  if (frame == 1 || frame == release)
    io.AddMouseButtonEvent(0, frame == 1);
  return frame == release + 1 ? StepState::done : StepState::goes_on;
}

StepState Script::play(Controls& controls) {
  constexpr int scroll_frames = 3, longest_search = 60;
  if (step().kind == Step::Kind::type) {
    ImGui::GetIO().AddInputCharactersUTF8(step().text.c_str());
    return StepState::done;
  }
  if (step().kind == Step::Kind::key) {
    press_key(step().text, frame_ == 0);
    return frame_ == 1 ? StepState::done : StepState::goes_on;
  }
  if (found_ < 0) {
    controls.bring(step().text);
    const std::optional<Controls::Control> control = controls.find(step().text);
    if (frame_ < scroll_frames || !control)
      return frame_ < longest_search ? StepState::goes_on : StepState::no_such_control;
    left_ = std::round((control->low.x + control->high.x) / 2);
    top_ = std::round((control->low.y + control->high.y) / 2);
    height_ = control->high.y - control->low.y;
    found_ = frame_;
  }
  return play_mouse(left_, top_, frame_ - found_);
}

} // namespace ganlet::studio
