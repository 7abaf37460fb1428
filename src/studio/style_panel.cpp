#include <algorithm>

#include <imgui.h>

#include "core/text.h"
#include "studio/app.h"
#include "studio/panels.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

/// The layers side by side, those with the other seed's style marked; pressing and dragging chooses them.
void layer_strip(App& app, int layers) {
  const StyleMix& mix = *app.state().style.mix;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = px(34), cell = width / static_cast<float>(layers);
  ImGui::InvisibleButton("layers", {width, height});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (int layer = 0; layer < layers; ++layer) {
    const bool mixed = layer >= mix.first && layer <= mix.last;
    const ImVec2 low{at.x + cell * static_cast<float>(layer) + px(1), at.y};
    const ImVec2 high{at.x + cell * static_cast<float>(layer + 1) - px(1), at.y + height};
    list.AddRectFilled(low, high, mixed ? theme.accent : theme.card, px(5));
    if (!mixed)
      list.AddRect(low, high, theme.line, px(5));
    const std::string name = std::to_string(layer);
    const ImVec2 size = ImGui::CalcTextSize(name.c_str());
    if (size.x < cell - px(2))
      list.AddText({(low.x + high.x - size.x) / 2, (low.y + high.y - size.y) / 2},
                   mixed ? theme.accent_ink : theme.quiet, name.c_str());
  }
  if (!ImGui::IsItemActive() || !ImGui::IsMouseDown(0))
    return;               // keys have the sliders
  static int pressed = 0; // where the drag began
  const int under = std::clamp(static_cast<int>((ImGui::GetIO().MousePos.x - at.x) / cell), 0, layers - 1);
  if (ImGui::IsItemActivated())
    pressed = under;
  State next = app.state();
  next.style.mix->first = std::min(pressed, under);
  next.style.mix->last = std::max(pressed, under);
  app.change(std::move(next), "mixed layers");
}

/// Thirds of the layers by what they have been found to govern (Karras et al. 2019, section 3.1).
void layer_groups(App& app, int layers) {
  const StyleMix& mix = *app.state().style.mix;
  const int third = std::max(1, layers / 3);
  const std::pair<const char*, std::pair<int, int>> groups[] = {{"Coarse", {0, third - 1}},
                                                                {"Middle", {third, layers - third - 1}},
                                                                {"Fine", {layers - third, layers - 1}},
                                                                {"All", {0, layers - 1}}};
  bool is_first = true;
  for (const auto& [name, range] : groups) {
    const auto [first, last] = range;
    if (last < first)
      continue;
    if (!is_first)
      flow(width_of(name));
    is_first = false;
    if (choice(name, mix.first == first && mix.last == last)) {
      State next = app.state();
      next.style.mix->first = first;
      next.style.mix->last = last;
      app.change(std::move(next));
    }
  }
}

void layer_sliders(App& app, int layers) {
  State next = app.state();
  int first = next.style.mix->first, last = next.style.mix->last;
  const bool moved_first = slider("From layer", &first, 0, layers - 1, "%d"),
             moved_last = slider("To layer", &last, 0, layers - 1, "%d");
  if (!moved_first && !moved_last)
    return;
  next.style.mix->first = moved_first ? first : std::min(first, last);
  next.style.mix->last = moved_last ? last : std::max(first, last);
  app.change(std::move(next), moved_first ? "first mixed layer" : "last mixed layer");
}

void mixing(App& app, int layers) {
  heading("Another seed's style");
  State next = app.state();
  bool mixes = next.style.mix.has_value();
  if (ImGui::Checkbox("Take some layers from seed", &mixes)) {
    next.style.mix.reset();
    if (mixes)
      next.style.mix = StyleMix{next.place.seed + 100, 0, std::max(0, layers / 3 - 1)};
    app.change(std::move(next));
  }
  if (!app.state().style.mix)
    return;
  std::uint64_t seed = app.state().style.mix->seed;
  if (seed_field("other", seed)) {
    next.style.mix->seed = seed;
    app.change(std::move(next), "other seed");
  }
  layer_groups(app, layers);
  layer_strip(app, layers);
  layer_sliders(app, layers);
}

void truncation(App& app, int layers) {
  heading("Truncation");
  if (!app.facts.truncates_styles) {
    note("This model has no mean style to truncate towards.");
    return;
  }
  State next = app.state();
  if (slider("Variety (psi)", &next.truncation, 0, 100, "%d %%"))
    app.change(next, "truncation");
  int cutoff = std::min(next.style.cutoff.value_or(layers), layers);
  if (slider_in_words("In layers", &cutoff, 0, layers,
                      cutoff == layers ? std::string("all")
                      : cutoff == 0    ? std::string("none")
                                       : concat("the first ", cutoff))) {
    next.style.cutoff = cutoff == layers ? std::nullopt : std::optional(cutoff);
    app.change(std::move(next), "cutoff");
  }
}

void noise(App& app) {
  heading("Noise");
  State next = app.state();
  Style& style = next.style;
  constexpr std::pair<const char*, NoiseKind> kinds[] = {
      {"Off", NoiseKind::off}, {"Each its own", NoiseKind::each}, {"Of one seed", NoiseKind::seeded}};
  for (const auto& [name, kind] : kinds) {
    if (kind != NoiseKind::off)
      flow(width_of(name));
    if (choice(name, style.noise == kind))
      style.noise = kind;
  }
  app.change(next);
  if (style.noise == NoiseKind::seeded && seed_field("noise", style.noise_seed))
    app.change(std::move(next), "noise");
}

} // namespace

void style_panel(App& app) {
  title("Styles");
  if (!app.facts.has_style) {
    note("This model has no mapping and synthesis networks, between which styles are mixed.");
    return;
  }
  if (app.state().trained) {
    note("Generators kept on the way of training come without the networks that styles are mixed between.");
    if (button("Go on with the trained one", true)) {
      State next = app.state();
      next.trained.reset();
      app.change(std::move(next));
    }
    return;
  }
  app.ask_for_style();
  if (app.facts.style_layers == 0) {
    note(app.problem.empty() ? "Its two networks are being loaded." : "Its two networks can't be loaded.");
    return;
  }
  mixing(app, app.facts.style_layers);
  truncation(app, app.facts.style_layers);
  noise(app);
}

} // namespace ganlet::studio
