#include "studio/app.h"

#include <algorithm>

#include <imgui.h>

#include "core/rng.h"
#include "core/text.h"
#include "image/whole_file.h"
#include "studio/theme.h"

namespace ganlet::studio {

namespace {

constexpr const char* storage_name = "studio.txt";
constexpr double news_seconds = 6;

} // namespace

App::App(const std::vector<Setting>& settings) {
  ImGuiIO& io = ImGui::GetIO();
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  io.ConfigInputTextCursorBlink = !platform::prefers_less_motion();
  if (const std::optional<std::string> kept = platform::stored(storage_name))
    keepsakes = keepsakes_of(*kept);
  kept_ = to_text(keepsakes);
  State first;
  const std::vector<std::string> problems = apply(settings, first, start);
  const bool has_state =
      std::ranges::any_of(settings, [](const Setting& s) { return s.name != "theme" && s.name != "panel"; });
  first = has_state ? all_of(first, keepsakes.last) : state_of(keepsakes.last);
  timeline = Timeline(first);
  if (!start.theme.empty())
    keepsakes.theme = start.theme;
  panel = !start.panel.empty() ? start.panel : keepsakes.panel.empty() ? "Generate" : keepsakes.panel;
  engine.backend = start.backend.empty() ? "xnn" : start.backend;
  engine.part = start.part.empty() ? "generator" : start.part;
  if (!start.script.empty()) {
    const auto bytes = read_whole(start.script, std::int64_t{1} << 20);
    auto steps = bytes ? parse_script({reinterpret_cast<const char*>(bytes->data()), bytes->size()})
                       : Result<std::vector<Step>>(fail(ErrorCode::not_found, start.script, bytes.error().message()));
    if (steps)
      script_ = std::move(*steps);
    else
      say_problem(steps.error().text());
  }
  if (!problems.empty())
    say_problem(problems.front());
  read_catalogue();
  load(first.model);
}

bool App::is_dark() const {
  return keepsakes.theme.empty() ? platform::prefers_dark() : keepsakes.theme == "dark";
}

void App::prepare() {
  if (apply_theme(platform::scale(), is_dark()))
    platform::fonts_changed();
  run_script();
}

void App::frame() {
  const double now = platform::seconds();
  frame_seconds = now - last_frame;
  last_frame = now;
  ++frames_drawn;
  update_animation();
  update_pictures();
  show_interface(*this);
  announce();
  finish_frames();
  if (ImGui::IsMouseReleased(0))
    timeline.settle();
}

void App::change(State next, std::string_view kind) {
  make_valid(next);
  if (next == state())
    return; // panels hand in what they show, each frame
  const bool loads = next.model != state().model;
  // However long a drag lasts, it is one step; what comes after letting go is another.
  const ImGuiIO& io = ImGui::GetIO();
  timeline.change(std::move(next), kind, io.MouseDown[0] ? io.MouseClickedTime[0] : ImGui::GetTime());
  changed_ = platform::seconds();
  if (loads)
    load(state().model);
  platform::redraw();
}

void App::apply_settings(std::span<const Setting> settings) {
  State next = state();
  Start ignored;
  const std::vector<std::string> problems = apply(settings, next, ignored);
  change(std::move(next));
  if (!problems.empty())
    say_problem(problems.front());
}

void App::show_fragment(const std::string& fragment) {
  calm_down();
  change(state_of(fragment));
}

void App::new_seed() {
  // Scripts get the same seeds each time; people don't.
  const std::uint64_t moment = start.script.empty() ? static_cast<std::uint64_t>(platform::seconds() * 1e6) : 0;
  State next = state();
  next.place = {.seed = Rng(state().place.seed ^ moment, 0x73656564).bits(++new_seeds_)};
  change(std::move(next));
}

void App::say_problem(const std::string& text) {
  problem = text;
  platform::say(text);
  platform::redraw();
}

void App::say_done(const std::string& text) {
  news = text;
  news_time = platform::seconds();
  problem.clear();
  platform::say(text);
  platform::redraw();
}

void App::keep() {
  keepsakes.panel = panel;
  keepsakes.last = fragment();
  std::string text = to_text(keepsakes);
  if (text != kept_ && start.script.empty() && start.screenshot.empty())
    platform::store(storage_name, text);
  kept_ = std::move(text);
}

void App::announce() {
  const bool is_calm = !client.is_busy(JobKind::picture) && !playing && platform::seconds() - changed_ > 0.3;
  if (!has_model || !picture.texture)
    return;
  if (!is_calm) {
    if (!playing)
      platform::redraw();
    return;
  }
  const std::string text = description_of(state(), facts);
  if (text != announced_) {
    announced_ = text;
    platform::say(text);
  }
  const std::string now = fragment();
  if (now != address_) {
    address_ = now;
    platform::set_address(link_of(state()).fragment);
    put_first(keepsakes.recent, now, Keepsakes::most_recent);
    keep_thumbnail();
  }
  keep();
  if (!news.empty() && platform::seconds() - news_time > news_seconds)
    news.clear();
}

void App::command(const std::string& name) {
  if (name == "generate")
    new_seed();
  else if (name == "save")
    save_picture();
  else if (name == "copy")
    copy_picture();
  else if (name == "choose")
    platform::choose_file();
  else if (name == "undo")
    timeline.undo();
  else if (name == "redo")
    timeline.redo();
  else if (name == "favourite")
    toggle_favourite(keepsakes, fragment());
  else if (name == "play")
    play(!playing);
  else if (name == "export-gif")
    start_export(FileKind::gif);
  else if (name == "export-webp")
    start_export(FileKind::webp);
  else if (name == "export-apng")
    start_export(FileKind::apng);
  else if (name == "export-zip")
    start_export(FileKind::png_sequence);
  else if (name == "theme")
    keepsakes.theme = is_dark() ? "light" : "dark";
  else if (name == "keyframe") {
    State next = state();
    next.animation.keyframes.push_back(next.place);
    change(std::move(next));
  } else if (name == "compare")
    b = b ? std::nullopt : std::optional(state());
  else if (name.starts_with('#'))
    show_fragment(name);
  else if (name.find('=') != std::string::npos)
    apply_settings(settings_of_link(name));
  else
    say_problem(concat("There is no command '", printable(name), "'."));
  if (!name.empty() && state().model != facts.name && loading != state().model)
    load(state().model); // undo may lead back to another model
  platform::redraw();
}

} // namespace ganlet::studio
