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

Engine engine_of(const Start& start, const std::string& gpu_obstacle) {
  Engine engine;
  if (!start.backend.empty() && (!may_draw_in_window(start.backend) || gpu_obstacle.empty()))
    engine.name = start.backend;
  if (!start.part.empty())
    engine.part = start.part;
  return engine;
}

Start start_of(const std::vector<Setting>& settings) {
  State ignored;
  Start start;
  (void)apply(settings, ignored, start);
  return start;
}

Result<Script> read_script(const std::string& path) {
  const auto bytes = read_whole(path, std::int64_t{1} << 20);
  if (!bytes)
    return fail(ErrorCode::not_found, path, bytes.error().message());
  GANLET_TRY(std::vector<Step> steps, parse_script({reinterpret_cast<const char*>(bytes->data()), bytes->size()}));
  return Script(std::move(steps));
}

} // namespace

App::App(platform::Host& host, const std::vector<Setting>& settings, const std::string& gpu_obstacle)
    : host_(host), start_(start_of(settings)),
      session_(host.files, host.send, engine_of(start_, gpu_obstacle), gpu_obstacle) {
  controls_.attach();
  ImGuiIO& io = ImGui::GetIO();
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  io.ConfigInputTextCursorBlink = !host_.system.prefers_less_motion();
  if (const std::optional<std::string> kept = host_.store.get(storage_name))
    keepsakes_ = keepsakes_of(*kept);
  kept_ = to_text(keepsakes_);
  State first;
  Start ignored;
  const std::vector<std::string> problems = apply(settings, first, ignored);
  const bool has_state =
      std::ranges::any_of(settings, [](const Setting& s) { return s.name != "theme" && s.name != "panel"; });
  first = has_state ? all_of(first, keepsakes_.last) : state_of(keepsakes_.last);
  timeline_ = Timeline(first);
  if (!start_.theme.empty())
    keepsakes_.theme = start_.theme;
  if (const std::string& panel = start_.panel.empty() ? keepsakes_.panel : start_.panel; !panel.empty())
    desk_.panel = panel;
  session_.read_catalogue();
  load(first.model);
  if (!start_.script.empty()) {
    auto script = read_script(start_.script);
    if (script)
      script_ = std::move(*script);
    else
      say_problem(script.error().text());
  }
  if (start_.backend == gpu_backend && !session_.gpu_obstacle().empty())
    say_problem(session_.gpu_obstacle());
  if (!problems.empty())
    say_problem(problems.front());
}

Snapshot App::snapshot() const {
  return {session_, viewer_, timeline_, keepsakes_, thumbnails_, encoder_, inside_, breeding_,
          bench_,   player_, wall_,     desk_,      notices_,    frames_,  host_};
}

bool App::is_dark() const {
  return keepsakes_.theme.empty() ? host_.system.prefers_dark() : keepsakes_.theme == "dark";
}

// --- frames ---

void App::prepare() {
  if (apply_theme(host_.window.scale(), is_dark()))
    host_.window.fonts_changed();
  run_script();
}

void App::frame() {
  const double now = host_.window.seconds();
  frames_.seconds = now - frames_.last;
  frames_.last = now;
  ++frames_.drawn;
  for (const Action& action : std::exchange(actions_, {}))
    std::visit([this](const auto& one) { perform(one); }, action);
  update();
  controls_.begin_frame();
  actions_ = show_interface(snapshot());
  if (!actions_.empty())
    host_.window.redraw();
  announce();
  finish_frames();
  if (ImGui::IsMouseClicked(0)) // on press, not on release, after which answers to a stroke may still come
    timeline_.settle();
}

/// Requests what the open panel and the picture need.
void App::update() {
  for (const Outcome& outcome : session_.take_outcomes())
    settle(outcome);
  const bool moved = moves();
  const double now = host_.window.seconds();
  player_.update(state().animation, now);
  if (moved != moves())
    host_.window.animate(moves());
  if (!session_.has_model() || session_.facts().name != state().model)
    return;
  const ModelFacts& facts = session_.facts();
  DrawRequest shown = player_.is_playing() ? request_of_frame(state(), facts, player_.frame())
                      : wall_.is_on()      ? request_of(wall_.shown(state(), now), facts)
                                           : request_of(state(), facts);
  viewer_.update(session_, state(), shown, moves(), {player_.is_playing(), moves() || is_dragged()});
  if (const Canvas& picture = viewer_.picture(); desk_.panel == "Inside" && picture.wanted)
    inside_.update(session_, *picture.wanted, picture.drawer->number);
}

/// Whether the state has changed since the mouse button went down, which still is.
bool App::is_dragged() const {
  return ImGui::IsMouseDown(ImGuiMouseButton_Left) &&
         host_.window.seconds() - changed_ <= double{ImGui::GetIO().MouseDownDuration[0]};
}

void App::announce() {
  if (!session_.has_model() || !viewer_.picture().texture)
    return;
  const double now = host_.window.seconds();
  if (session_.is_busy(JobKind::picture) || moves() || now - changed_ <= 0.3) {
    if (!moves())
      host_.window.redraw();
    return;
  }
  const std::string text = description_of(state(), session_.facts());
  if (text != announced_) {
    announced_ = text;
    host_.system.say(text);
  }
  const std::string fragment = whole_fragment(state());
  if (fragment != address_) {
    address_ = fragment;
    host_.system.set_address(link_of(state()).fragment);
    put_first(keepsakes_.recent, fragment, Keepsakes::most_recent);
    thumbnails_.keep_only([&](const std::string& one) { return is_listed(keepsakes_, one); });
    const Canvas& picture = viewer_.picture();
    if (!picture.texture.image().pixels.empty() && picture.wanted == request_of(state(), session_.facts()) &&
        picture.drawer == session_.drawer_of(state()))
      thumbnails_.put(fragment, picture.texture.image(), state().colors);
  }
  keep();
  if (!notices_.news.empty() && now - notices_.news_time > news_seconds)
    notices_.news.clear();
}

void App::keep() {
  keepsakes_.panel = desk_.panel;
  keepsakes_.last = whole_fragment(state());
  std::string text = to_text(keepsakes_);
  if (text != kept_ && start_.script.empty() && start_.screenshot.empty())
    host_.store.put(storage_name, text);
  kept_ = std::move(text);
}

// --- the state ---

void App::change(State next, std::string_view kind, std::optional<double> since) {
  make_valid(next);
  if (next == state())
    return;
  const bool loads = next.model != state().model;
  // A drag is a single step, however long it lasts. It ends with the request of the last frame before the button was
  // released.
  const ImGuiIO& io = ImGui::GetIO();
  const bool drags = io.MouseDown[0] || io.MouseDownDurationPrev[0] >= 0;
  const double seconds = drags ? io.MouseClickedTime[0] : ImGui::GetTime();
  timeline_.change(std::move(next), kind, since.value_or(seconds));
  changed_ = host_.window.seconds();
  if (loads)
    load(state().model);
  host_.window.redraw();
}

void App::apply_settings(std::span<const Setting> settings) {
  State next = state();
  Start start;
  const std::vector<std::string> problems = apply(settings, next, start);
  if (!start.panel.empty())
    desk_.panel = start.panel;
  if (!start.theme.empty())
    keepsakes_.theme = start.theme;
  change(std::move(next));
  if (!problems.empty())
    say_problem(problems.front());
}

void App::load(const std::string& name) {
  calm_down();
  notices_.problem.clear();
  session_.load(name);
}

void App::new_seed() {
  // Scripts get the same seeds each time they run; people get new ones.
  const std::uint64_t moment = start_.script.empty() ? static_cast<std::uint64_t>(host_.window.seconds() * 1e6) : 0;
  State next = state();
  next.place = {.seed = Rng(state().place.seed ^ moment, 0x73656564).bits(++new_seeds_)};
  change(std::move(next));
}

void App::compare() {
  viewer_.set_b(viewer_.b() ? std::nullopt : std::optional(state()));
}

void App::swap() {
  if (!viewer_.b())
    return;
  State other = *viewer_.b();
  viewer_.set_b(state());
  change(std::move(other));
}

void App::play(bool on) {
  wall_.stop();
  player_.play(on, state().animation, host_.window.seconds());
  host_.window.animate(moves());
}

void App::toggle_wall(Wall::Motion motion) {
  const Wall::Motion before = wall_.motion();
  play(false);
  if (motion != before)
    wall_.start(motion, host_.window.seconds());
  host_.window.animate(moves());
}

void App::calm_down() {
  if (host_.system.prefers_less_motion())
    play(false);
}

// --- what people did ---

void App::perform(const Change& action) {
  change(action.next, action.kind);
}

void App::perform(const UseEngine& action) {
  calm_down();
  notices_.problem.clear();
  session_.load_with(action.engine, state().model);
}

void App::perform(const CopyText& action) {
  ImGui::SetClipboardText(action.text.c_str());
  say_done("Copied");
}

/// The drawing is encoded while it is being made, and again when the pen is lifted.
void App::perform(const Stroke& action) {
  if (!encoder_.pen())
    encoded_since_ = ImGui::GetTime();
  encoder_.stroke(action.x, action.y, desk_.ink);
  if (!session_.is_busy(JobKind::encoding))
    encode();
}

void App::perform(const LiftPen&) {
  encoder_.lift_pen();
  encode();
}

void App::perform(const ChooseParent& action) {
  const bool adds = std::ranges::find(breeding_.parents(), action.index) == breeding_.parents().end();
  breeding_.choose(action.index);
  if (!adds || action.index >= breeding_.litter().size())
    return;
  State next = state();
  next.place = breeding_.litter()[action.index];
  change(std::move(next));
}

bool App::perform_export(std::string_view name) {
  constexpr std::pair<std::string_view, FileKind> kinds[] = {{"export-gif", FileKind::gif},
                                                             {"export-webp", FileKind::webp},
                                                             {"export-apng", FileKind::apng},
                                                             {"export-zip", FileKind::png_sequence}};
  const auto found = std::ranges::find(kinds, name, [](const auto& one) { return one.first; });
  if (found != std::end(kinds))
    player_.start_export(session_, state(), found->second, desk_.enlarge);
  return found != std::end(kinds);
}

/// Performs a command without settings; false if there is no such command.
bool App::perform_command(std::string_view name) {
  struct Named {
    std::string_view name;
    void (*perform)(App& app);
    bool needs_model = false;
  };
  constexpr Named commands[] = {
      {"generate", [](App& app) { app.new_seed(); }},
      {"save", [](App& app) { app.keep_picture(Keeping::file); }},
      {"save-page", [](App& app) { app.save_page(); }, true},
      {"copy", [](App& app) { app.keep_picture(Keeping::clipboard); }},
      {"choose", [](App& app) { app.host_.files.choose(); }},
      {"undo", [](App& app) { app.timeline_.undo(); }},
      {"redo", [](App& app) { app.timeline_.redo(); }},
      {"favourite", [](App& app) { toggle_favourite(app.keepsakes_, whole_fragment(app.state())); }},
      {"play", [](App& app) { app.play(!app.player_.is_playing()); }},
      {"wall-walk", [](App& app) { app.toggle_wall(Wall::Motion::walk); }, true},
      {"wall-follow", [](App& app) { app.toggle_wall(Wall::Motion::follow); }, true},
      {"cancel-export", [](App& app) { app.player_.cancel_export(app.session_); }},
      {"theme", [](App& app) { app.keepsakes_.theme = app.is_dark() ? "light" : "dark"; }},
      {"keyframe",
       [](App& app) {
         State next = app.state();
         next.animation.keyframes.push_back(next.place);
         app.change(std::move(next));
       }},
      {"compare", [](App& app) { app.compare(); }, true},
      {"swap", [](App& app) { app.swap(); }, true},
      {"measure", [](App& app) { app.bench_.measure(app.session_, app.state()); }, true},
      {"breed", [](App& app) { app.breeding_.begin(app.session_, app.state()); }, true},
      {"breed-next", [](App& app) { app.breeding_.next(app.session_, app.state(), app.desk_.mutation); }, true},
      {"breed-end", [](App& app) { app.breeding_.end(); }},
      {"clear-pad", [](App& app) { app.encoder_.clear(); }},
      {"save-latent-npy", [](App& app) { app.save_latent(LatentFormat::npy); }, true},
      {"save-latent-json", [](App& app) { app.save_latent(LatentFormat::json); }, true},
  };
  const auto found = std::ranges::find(commands, name, &Named::name);
  if (found == std::end(commands))
    return perform_export(name);
  if (session_.has_model() || !found->needs_model)
    found->perform(*this);
  return true;
}

void App::command(const std::string& name) {
  if (name.starts_with('#')) {
    calm_down();
    change(state_of(name));
  } else if (name.find('=') != std::string::npos) {
    apply_settings(settings_of_link(name));
  } else if (!perform_command(name)) {
    say_problem(concat("There is no command '", printable(name), "'."));
  }
  if (!name.empty() && state().model != session_.facts().name && session_.loading().name != state().model)
    load(state().model); // undo may return to another model
  host_.window.redraw();
}

std::optional<platform::Area> App::place_of(std::string_view label) const {
  const std::optional<Controls::Control> control = controls_.find(label);
  if (!control)
    return std::nullopt;
  return platform::Area{control->low.x, control->low.y, control->high.x, control->high.y};
}

} // namespace ganlet::studio
