#include "studio/panels.h"

#include <algorithm>

#include <imgui.h>

#include "core/text.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

// --- Generate ---

namespace {

void text_to_write(Actions& out, const Snapshot& now) {
  heading("Number to write");
  State next = now.state();
  ImGui::SetNextItemWidth(-1);
  ImGui::PushFont(theme.title);
  if (text_field("Number to write", "digits", &next.text,
                 ImGuiInputTextFlags_CharsDecimal | ImGuiInputTextFlags_AutoSelectAll))
    change(out, now, next, "text");
  ImGui::PopFont();
  bool one_hand = !next.vary;
  if (checkbox("All digits in one hand", &one_hand)) {
    next.vary = !one_hand;
    change(out, now, next);
  }
  ImGui::BeginDisabled(next.vary);
  if (slider_in_per_cent("Digits vary (jitter)", &next.jitter))
    change(out, now, std::move(next), "jitter");
  ImGui::EndDisabled();
}

void present_seed(Actions& out, const Snapshot& now) {
  heading("Seed");
  std::uint64_t seed = now.state().place.seed;
  if (!seed_field("Seed", seed))
    return;
  State next = now.state();
  next.place = {.seed = seed};
  change(out, now, std::move(next), "seed");
}

void label_buttons(Actions& out, const Snapshot& now) {
  heading("Class");
  const State& state = now.state();
  State next = state;
  if (choice("Each in turn", !state.label))
    next.label.reset();
  for (std::size_t i = 0; i < now.facts().labels.size(); ++i) {
    const std::string name = concat(printable(now.facts().labels[i], 24), "##label", i);
    flow(width_of(name.c_str()));
    if (choice(name.c_str(), state.label == static_cast<std::int64_t>(i)))
      next.label = static_cast<std::int64_t>(i);
  }
  change(out, now, std::move(next));
}

void grid_sliders(Actions& out, const Snapshot& now, bool writes) {
  State next = now.state();
  if (!writes && slider("Columns", &next.columns, 1, 16, "%d"))
    change(out, now, next, "columns");
  const bool wraps = writes && wraps_text(next);
  ImGui::BeginDisabled(wraps);
  if (slider(writes ? "Hands" : "Rows", &next.rows, 1, 16, "%d"))
    change(out, now, next, "rows");
  ImGui::EndDisabled();
  if (wraps)
    note(concat("A number of more than ", most_columns, " digits is written over several rows, in one hand."));
  const bool truncates = can_truncate(next, now.facts());
  ImGui::BeginDisabled(!truncates);
  if (slider_in_per_cent("Variety (truncation)", &next.truncation))
    change(out, now, next, "truncation");
  ImGui::EndDisabled();
  if (!truncates)
    note(next.trained ? "Generators kept on the way of training have no mean style to truncate towards."
                      : "This model has no mean style to truncate towards.");
}

void look_choices(Actions& out, const Snapshot& now) {
  State next = now.state();
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
  change(out, now, std::move(next));
}

} // namespace

Actions generate_panel(const Snapshot& now) {
  Actions out;
  title("Generate");
  if (!now.session.has_model()) {
    note(now.session.loading().name.empty() ? "No model is loaded. Choose one under Models."
                                            : "The model is being loaded.");
    return out;
  }
  const bool can_write = now.facts().writes_digits;
  if (can_write)
    text_to_write(out, now);
  const bool writes = writes_text(now.state(), now.facts());
  present_seed(out, now);
  if (!writes && !now.facts().labels.empty())
    label_buttons(out, now);
  ImGui::Dummy({0, px(4)});
  grid_sliders(out, now, writes);
  look_choices(out, now);
  if (can_write && writes)
    note("Empty the number to fill a grid with all classes.");
  return out;
}

// --- Styles ---

namespace {

/// The layers side by side, with those of the other seed's style marked; pressing and dragging selects them.
void layer_strip(Actions& out, const Snapshot& now, int layers) {
  const LayerRange layers_mixed = now.state().style.mix->layers;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = px(34), cell = width / static_cast<float>(layers);
  ImGui::InvisibleButton("layers", {width, height});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (int layer = 0; layer < layers; ++layer) {
    const bool mixed = layer >= layers_mixed.first && layer <= layers_mixed.last;
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
  name_item("Layers");
  if (!ImGui::IsItemActive() || !ImGui::IsMouseDown(0))
    return;                                                                   // keys have the sliders
  int& pressed = *ImGui::GetStateStorage()->GetIntRef(ImGui::GetItemID(), 0); // where the drag began
  const int under = std::clamp(static_cast<int>((ImGui::GetIO().MousePos.x - at.x) / cell), 0, layers - 1);
  if (ImGui::IsItemActivated())
    pressed = under;
  State next = now.state();
  next.style.mix->layers = {std::min(pressed, under), std::max(pressed, under)};
  change(out, now, std::move(next), "mixed layers");
}

/// Thirds of the layers, named by what they control (Karras et al. 2019, section 3.1).
void layer_groups(Actions& out, const Snapshot& now, int layers) {
  const LayerRange mixed = now.state().style.mix->layers;
  const int third = std::max(1, layers / 3);
  const std::pair<const char*, LayerRange> groups[] = {{"Coarse", {0, third - 1}},
                                                       {"Middle", {third, layers - third - 1}},
                                                       {"Fine", {layers - third, layers - 1}},
                                                       {"All", {0, layers - 1}}};
  bool is_first = true;
  for (const auto& [name, range] : groups) {
    if (range.last < range.first)
      continue;
    if (!is_first)
      flow(width_of(name));
    is_first = false;
    if (choice(name, mixed == range)) {
      State next = now.state();
      next.style.mix->layers = range;
      change(out, now, std::move(next));
    }
  }
}

void layer_sliders(Actions& out, const Snapshot& now, int layers) {
  State next = now.state();
  LayerRange& mixed = next.style.mix->layers;
  int first = static_cast<int>(mixed.first), last = static_cast<int>(mixed.last);
  const bool moved_first = slider("From layer", &first, 0, layers - 1, "%d"),
             moved_last = slider("To layer", &last, 0, layers - 1, "%d");
  if (!moved_first && !moved_last)
    return;
  mixed = {moved_first ? first : std::min(first, last), moved_last ? last : std::max(first, last)};
  change(out, now, std::move(next), moved_first ? "first mixed layer" : "last mixed layer");
}

void mixing(Actions& out, const Snapshot& now, int layers) {
  heading("Another seed's style");
  State next = now.state();
  bool mixes = next.style.mix.has_value();
  if (checkbox("Take some layers from seed", &mixes)) {
    next.style.mix.reset();
    if (mixes)
      next.style.mix = StyleMix{next.place.seed + 100, {0, std::max(0, layers / 3 - 1)}};
    change(out, now, std::move(next));
  }
  if (!now.state().style.mix)
    return;
  std::uint64_t seed = now.state().style.mix->seed;
  if (seed_field("Other seed", seed)) {
    next.style.mix->seed = seed;
    change(out, now, std::move(next), "other seed");
  }
  layer_groups(out, now, layers);
  layer_strip(out, now, layers);
  layer_sliders(out, now, layers);
}

void truncation(Actions& out, const Snapshot& now, int layers) {
  heading("Truncation");
  if (!now.facts().style.truncates) {
    note("This model has no mean style to truncate towards.");
    return;
  }
  State next = now.state();
  if (slider_in_per_cent("Variety (psi)", &next.truncation))
    change(out, now, next, "truncation");
  int cutoff = static_cast<int>(std::min<std::int64_t>(next.style.cutoff.value_or(layers), layers));
  if (slider_in_words("In layers", &cutoff, 0, layers,
                      cutoff == layers ? std::string("all")
                      : cutoff == 0    ? std::string("none")
                                       : concat("the first ", cutoff))) {
    next.style.cutoff = cutoff == layers ? std::nullopt : std::optional<std::int64_t>(cutoff);
    change(out, now, std::move(next), "cutoff");
  }
}

void noise(Actions& out, const Snapshot& now) {
  heading("Noise");
  State next = now.state();
  Style& style = next.style;
  using Kind = Noise::Kind;
  constexpr std::pair<const char*, Kind> kinds[] = {
      {"As in training", Kind::fixed}, {"Off", Kind::off}, {"Each its own", Kind::each}, {"Of one seed", Kind::seeded}};
  for (const auto& [name, kind] : kinds) {
    if (kind != Kind::fixed)
      flow(width_of(name));
    if (choice(name, style.noise.kind == kind))
      style.noise = {kind, 0};
  }
  change(out, now, next);
  if (style.noise.kind == Kind::seeded && seed_field("Noise seed", style.noise.seed))
    change(out, now, std::move(next), "noise");
}

} // namespace

Actions style_panel(const Snapshot& now) {
  Actions out;
  title("Styles");
  const StyleFacts& style = now.facts().style;
  if (style.layers == 0) {
    note("This model has no mapping and synthesis networks, between which styles are mixed.");
  } else if (now.state().trained) {
    note("Generators kept on the way of training come without the networks that styles are mixed between.");
    if (button("Go on with the trained one", true)) {
      State next = now.state();
      next.trained.reset();
      change(out, now, std::move(next));
    }
  } else {
    mixing(out, now, style.layers);
    truncation(out, now, style.layers);
    noise(out, now);
  }
  return out;
}

} // namespace ganlet::studio
