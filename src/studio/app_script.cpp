#include <imgui.h>

#include <cmath>

#include "core/text.h"
#include "image/png_writer.h"
#include "image/whole_file.h"
#include "studio/app.h"
#include "studio/theme.h"

namespace ganlet::studio {

namespace {

/// Frames over which a drag goes, and that pass between pressing and letting go.
constexpr int drag_frames = 12;

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

void press(std::string_view name, bool down) {
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

/// One frame of a step; true where it was the last.
bool App::run_step(const Step& step) {
  ImGuiIO& io = ImGui::GetIO();
  const int frame = step_frames_++;
  const auto at = [&](std::size_t i) { return px(step.numbers[i]); };
  switch (step.kind) {
  case Step::Kind::set:
    apply_settings(settings_of_link(step.text));
    return true;
  case Step::Kind::command:
    command(step.text);
    return true;
  case Step::Kind::panel:
    panel = step.text;
    return true;
  case Step::Kind::wait:
    return frame > 3 && !client.is_busy() && loading.empty() && loading_step < 0 && (has_model || !problem.empty());
  case Step::Kind::frames:
    return frame >= static_cast<int>(step.numbers[0]);
  case Step::Kind::click:
    io.AddMousePosEvent(at(0), at(1));
    if (frame == 1 || frame == 3)
      io.AddMouseButtonEvent(0, frame == 1);
    return frame == 4;
  case Step::Kind::drag: {
    const float part = std::min(static_cast<float>(std::max(frame - 2, 0)) / drag_frames, 1.0F);
    io.AddMousePosEvent(std::round(at(0) + part * (at(2) - at(0))), std::round(at(1) + part * (at(3) - at(1))));
    if (frame == 1 || frame == drag_frames + 4)
      io.AddMouseButtonEvent(0, frame == 1);
    return frame == drag_frames + 5;
  }
  case Step::Kind::wheel:
    io.AddMousePosEvent(at(0), at(1));
    if (frame == 1)
      io.AddMouseWheelEvent(0, step.numbers[2]);
    return frame == 2;
  case Step::Kind::type:
    io.AddInputCharactersUTF8(step.text.c_str());
    return true;
  case Step::Kind::key:
    press(step.text, frame == 0);
    return frame == 1;
  case Step::Kind::screenshot:
    if (frame == 3)
      platform::capture([file = step.text](const Image& image) {
        if (const auto png = encode_png(image))
          (void)write_whole(file, *png);
      });
    return frame == 5;
  case Step::Kind::memory: {
    const std::string bytes = std::to_string(platform::memory());
    (void)write_whole(step.text, std::as_bytes(std::span(bytes)));
    return true;
  }
  case Step::Kind::open:
    opened(step.text);
    return true;
  case Step::Kind::quit:
    platform::quit(problem.empty() ? 0 : 1);
    return true;
  }
  return true;
}

void App::run_script() {
  if (step_ >= script_.size())
    return;
  platform::redraw();
  // Several steps that take no time may pass in one frame; a step that does takes over the next ones.
  if (run_step(script_[step_])) {
    ++step_;
    step_frames_ = 0;
  }
}

void App::finish_frames() {
  if (start.frames == 0 || captured_)
    return;
  const bool is_idle =
      step_ >= script_.size() && (picture.texture || !problem.empty()) && !client.is_busy() && loading.empty();
  settled_frames_ = is_idle ? settled_frames_ + 1 : 0;
  platform::redraw();
  if (frames_drawn < start.frames || settled_frames_ < 4)
    return;
  captured_ = true;
  if (start.screenshot.empty()) {
    platform::quit(0);
    return;
  }
  platform::capture([this](const Image& image) {
    const auto file = encode_png(image);
    const auto written = file ? write_whole(start.screenshot, *file)
                              : Result<void>(fail(ErrorCode::io, start.screenshot, "can't be encoded"));
    platform::quit(written ? 0 : 1);
  });
}

} // namespace ganlet::studio
