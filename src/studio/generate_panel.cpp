#include <algorithm>

#include <imgui.h>
#include <imgui_stdlib.h>

#include "core/text.h"
#include "studio/app.h"
#include "studio/panels.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

void text_field(App& app) {
  heading("Number to write");
  std::string text = app.state().text;
  ImGui::SetNextItemWidth(-1);
  ImGui::PushFont(theme.title);
  const bool changed = ImGui::InputTextWithHint("##text", "digits", &text,
                                                ImGuiInputTextFlags_CharsDecimal | ImGuiInputTextFlags_AutoSelectAll);
  ImGui::PopFont();
  if (changed) {
    State next = app.state();
    next.text = text;
    app.change(std::move(next), "text");
  }
  State next = app.state();
  bool one_hand = !next.vary;
  if (ImGui::Checkbox("All digits in one hand", &one_hand)) {
    next.vary = !one_hand;
    app.change(std::move(next));
  }
}

void present_seed(App& app) {
  heading("Seed");
  std::uint64_t seed = app.state().place.seed;
  if (!seed_field("seed", seed))
    return;
  State next = app.state();
  next.place = {.seed = seed};
  app.change(std::move(next), "seed");
}

void label_buttons(App& app) {
  heading("Class");
  const State& state = app.state();
  State next = state;
  if (choice("Each in turn", !state.label))
    next.label.reset();
  for (std::size_t i = 0; i < app.facts.labels.size(); ++i) {
    const std::string name = concat(printable(app.facts.labels[i], 24), "##label", i);
    flow(width_of(name.c_str()));
    if (choice(name.c_str(), state.label == static_cast<std::int64_t>(i)))
      next.label = static_cast<std::int64_t>(i);
  }
  app.change(std::move(next));
}

void grid_sliders(App& app, bool writes) {
  State next = app.state();
  if (!writes && slider("Columns", &next.columns, 1, 16, "%d"))
    app.change(next, "columns");
  if (slider(writes ? "Hands" : "Rows", &next.rows, 1, 16, "%d"))
    app.change(next, "rows");
  const bool truncates = can_truncate(next, app.facts);
  ImGui::BeginDisabled(!truncates);
  if (slider("Variety (truncation)", &next.truncation, 0, 100, "%d %%"))
    app.change(next, "truncation");
  ImGui::EndDisabled();
  if (!truncates)
    note(next.trained ? "Generators kept on the way of training have no mean style to truncate towards."
                      : "This model has no mean style to truncate towards.");
}

void look_choices(App& app) {
  State next = app.state();
  heading("Upscaling");
  constexpr const char* ways[] = {"Nearest", "Smooth", "Lanczos"};
  for (int i = 0; i < 3; ++i) {
    if (i > 0)
      flow(width_of(ways[i]));
    if (choice(ways[i], static_cast<int>(next.upscaling) == i))
      next.upscaling = static_cast<Upscaling>(i);
  }
  heading("Colours");
  constexpr const char* maps[] = {"As drawn", "Grey", "Inverted", "Ink"};
  for (int i = 0; i < 4; ++i) {
    if (i > 0)
      flow(width_of(maps[i]));
    if (choice(maps[i], static_cast<int>(next.colors) == i))
      next.colors = static_cast<ColorMap>(i);
  }
  app.change(std::move(next));
}

} // namespace

void generate_panel(App& app) {
  title("Generate");
  if (!app.has_model) {
    note(app.loading.empty() ? "No model is loaded. Choose one under Models." : "The model is being loaded.");
    return;
  }
  const bool can_write = app.facts.writes_digits;
  if (can_write)
    text_field(app);
  const bool writes = writes_text(app.state(), app.facts);
  present_seed(app);
  if (!writes && !app.facts.labels.empty())
    label_buttons(app);
  ImGui::Dummy({0, px(4)});
  grid_sliders(app, writes);
  look_choices(app);
  if (can_write && writes)
    note("Empty the number to fill a grid with all classes.");
}

} // namespace ganlet::studio
