#include <algorithm>
#include <chrono>

#include <imgui.h>

#include "core/text.h"
#include "studio/app.h"
#include "studio/panels.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

void row(const char* name, const std::string& value) {
  ImGui::PushStyleColor(ImGuiCol_Text, theme.quiet);
  ImGui::TextUnformatted(name);
  ImGui::PopStyleColor();
  ImGui::SameLine(ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x - ImGui::CalcTextSize(value.c_str()).x);
  ImGui::TextUnformatted(value.c_str());
}

void choices(App& app) {
  Engine wanted = app.engine;
  heading("Backend");
  if (choice("XNNPACK", wanted.backend == "xnn"))
    wanted.backend = "xnn";
  flow(width_of("Plain loops"));
  if (choice("Plain loops", wanted.backend == "reference"))
    wanted.backend = "reference";
  heading("Weights");
  bool first = true;
  for (const std::string& part : app.facts.parts) {
    if (!part.starts_with("generator"))
      continue;
    const std::string name = printable(part, 32);
    if (!first)
      flow(width_of(name.c_str()));
    first = false;
    if (choice(name.c_str(), wanted.part == part))
      wanted.part = part;
  }
  if (platform::processors() > 1)
    slider("Threads", &wanted.threads, 1, std::min(platform::processors(), 16), "%d");
  if (wanted != app.engine) {
    app.engine = wanted;
    app.load(app.state().model);
  }
}

/// Draws a few hundred images and keeps how long they took.
void measure(App& app) {
  constexpr int images = 256;
  State state = app.state();
  state.text.clear();
  state.columns = state.rows = 16;
  state.style = {}; // the generator as a whole is measured
  state.truncation = 100;
  const std::string what = concat(app.engine.backend, ", ", app.engine.part, ", ", app.engine.threads,
                                  app.engine.threads == 1 ? " thread" : " threads");
  app.client.ask(JobKind::measure, DrawJob{app.model->number, plan_of(state, app.facts)},
                 [&app, what](const Result<Drawing>& drawing) {
                   if (drawing)
                     app.measurements.push_back({drawing->milliseconds / images, images, what});
                   platform::redraw();
                 });
}

} // namespace

void speed_panel(App& app) {
  title("Speed");
  if (!app.has_model)
    return;
  choices(app);
  heading("Now");
  row("Last drawing", concat(fixed(app.drawn_milliseconds, 2), " ms an image"));
  row("Images a second", fixed(1000 / std::max(app.drawn_milliseconds, 0.001), 0));
  row("Memory", bytes_in_words(platform::memory()));
  row("Frames a second",
      app.playing && app.frame_seconds > 0 ? fixed(1 / app.frame_seconds, 0) : std::string("at rest"));
  note(platform::renderer());
  heading("Measure");
  if (app.client.is_busy(JobKind::measure))
    note("256 images are being drawn.");
  else if (button("Draw 256 images"))
    measure(app);
  for (const App::Measurement& one : app.measurements) {
    row(concat(fixed(one.milliseconds, 3), " ms an image").c_str(),
        concat(fixed(1000 / one.milliseconds, 0), " images/s"));
    note(one.what);
  }
}

} // namespace ganlet::studio
