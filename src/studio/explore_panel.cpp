#include "studio/panels.h"

#include <algorithm>
#include <cmath>

#include <imgui.h>

#include "core/text.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

constexpr float key_step = 0.05F; ///< of a pad's sides, that an arrow key moves its point

/// Draws a frame around the last item: highlighted under the mouse or the keyboard focus, thicker while keys hold it.
void frame_item(const KeyHold& keys, float rounding) {
  const bool has_keys = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
  const bool is_lit = ImGui::IsItemActive() || ImGui::IsItemHovered() || has_keys;
  ImGui::GetWindowDrawList()->AddRect(ImGui::GetItemRectMin(), ImGui::GetItemRectMax(),
                                      is_lit ? theme.accent : theme.line, rounding, 0, px(keys.holds ? 3 : 1));
}

/// A square in which the mouse drags, or the arrow keys move, the point at `x` and `y` in [0, 1]. Sets `by` to the
/// movement, in units of the square's sides; returns whether there was any.
bool pad(const char* name, float height, float x, float y, ImVec2& by) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 size{ImGui::GetContentRegionAvail().x, height};
  const bool pressed = ImGui::InvisibleButton(name, size);
  name_item(name);
  const KeyHold keys = held_by_keys(pressed);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, {at.x + size.x, at.y + size.y}, theme.card, px(10));
  frame_item(keys, px(10));
  list.AddLine({at.x + size.x / 2, at.y + px(10)}, {at.x + size.x / 2, at.y + size.y - px(10)}, theme.line);
  list.AddLine({at.x + px(10), at.y + size.y / 2}, {at.x + size.x - px(10), at.y + size.y / 2}, theme.line);
  const float inset = px(10); // keeps the point inside
  list.AddCircleFilled({at.x + inset + x * (size.x - 2 * inset), at.y + inset + y * (size.y - 2 * inset)}, px(8),
                       theme.accent);
  if (keys.x != 0 || keys.y != 0) {
    by = {std::clamp(x + keys.x * key_step, 0.0F, 1.0F), std::clamp(y + keys.y * key_step, 0.0F, 1.0F)};
    return true;
  }
  if (!ImGui::IsItemActive() || !ImGui::IsMouseDown(0))
    return false;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  by = {std::clamp((mouse.x - at.x - inset) / (size.x - 2 * inset), 0.0F, 1.0F),
        std::clamp((mouse.y - at.y - inset) / (size.y - 2 * inset), 0.0F, 1.0F)};
  return true;
}

void plane(Actions& out, const Snapshot& now) {
  heading("Between seeds");
  const Place& place = now.state().place;
  note(place.latent.empty() ? "Drag on the picture: it moves over a plane of seeds, and four of them are blended."
                            : "This latent was set by hand; dragging on the picture goes back to the plane of seeds.");
  const auto part = [](std::int32_t position) {
    return static_cast<float>(((position % thousandths) + thousandths) % thousandths) / thousandths;
  };
  ImVec2 to;
  if (pad("Plane of seeds", px(120), part(place.x), part(place.y), to)) {
    State next = now.state();
    if (!next.place.latent.empty())
      next.place = {.seed = next.place.seed};
    const auto moved = [](std::int32_t from, float part_now, float wanted) {
      return from + static_cast<std::int32_t>(std::round((std::min(wanted, 0.999F) - part_now) * thousandths));
    };
    next.place.x = moved(next.place.x, part(next.place.x), to.x);
    next.place.y = moved(next.place.y, part(next.place.y), to.y);
    change(out, now, std::move(next), "plane");
  }
  if (!place.is_plain() && button("Back to the seed")) {
    State next = now.state();
    next.place = {.seed = next.place.seed};
    change(out, now, std::move(next));
  }
}

void direction_pad(Actions& out, const Snapshot& now) {
  const auto& amounts = now.state().place.amounts;
  constexpr float farthest = 40; // four standard deviations
  const auto part = [](std::int8_t amount) {
    return std::clamp(0.5F + static_cast<float>(amount) / (2 * farthest), 0.0F, 1.0F);
  };
  ImVec2 to;
  if (!pad("Two directions", px(120), part(amounts[0]), 1 - part(amounts[1]), to))
    return;
  State next = now.state();
  next.place.amounts[0] = static_cast<std::int8_t>(std::round((to.x - 0.5F) * 2 * farthest));
  next.place.amounts[1] = static_cast<std::int8_t>(std::round((0.5F - to.y) * 2 * farthest));
  change(out, now, std::move(next), "directions");
}

void direction_sliders(Actions& out, const Snapshot& now) {
  heading("Principal directions");
  const Directions& directions = now.facts().directions;
  const std::size_t count = std::min<std::size_t>(directions.count(), most_directions);
  if (count == 0) {
    note(now.session.is_busy(JobKind::direction) ? "They are being computed." : "This model's first layer has none.");
    return;
  }
  if (count > 1)
    direction_pad(out, now);
  for (std::size_t k = 0; k < count; ++k) {
    int amount = now.state().place.amounts[k];
    const std::string name =
        k < directions.names.size() ? printable(directions.names[k], 32) : concat("Direction ", k + 1);
    float value = static_cast<float>(amount) * amount_step;
    if (slider(name.c_str(), &value, -4, 4, "%+.1f")) {
      State next = now.state();
      next.place.amounts[k] = static_cast<std::int8_t>(std::round(value / amount_step));
      change(out, now, std::move(next), concat("direction ", k));
    }
  }
}

void set_number(Actions& out, const Snapshot& now, const std::vector<float>& latent, std::size_t index, float value) {
  State next = now.state();
  next.place = {.seed = next.place.seed, .latent = to_steps(latent), .amounts = next.place.amounts};
  if (!now.facts().directions.of_styles)
    next.place.amounts = {}; // the numbers already include them
  next.place.latent[index] = to_steps({value})[0];
  change(out, now, std::move(next), "latent");
}

/// All numbers of the latent as bars that can be drawn over; arrow keys select and change one.
void latents(Actions& out, const Snapshot& now) {
  heading("The latent, number by number");
  const std::vector<float> latent = latent_of(now.state().place, now.facts());
  const int columns = 32;
  const int rows = (static_cast<int>(latent.size()) + columns - 1) / columns;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = px(56);
  const bool pressed = ImGui::InvisibleButton("latent", {width, height * static_cast<float>(rows)});
  name_item("Latent");
  const KeyHold keys = held_by_keys(pressed);
  int& chosen = *ImGui::GetStateStorage()->GetIntRef(ImGui::GetItemID(), 0); // selected with keys
  chosen = std::clamp(chosen + static_cast<int>(keys.x), 0, static_cast<int>(latent.size()) - 1);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  constexpr float farthest = 3.5F;
  const float step = width / static_cast<float>(columns);
  for (std::size_t i = 0; i < latent.size(); ++i) {
    const float x = at.x + step * static_cast<float>(i % columns),
                middle = at.y + height * (static_cast<float>(i / columns) + 0.5F);
    const float length = std::clamp(latent[i] / farthest, -1.0F, 1.0F) * (height / 2 - px(3));
    list.AddRectFilled({x + px(1), middle - height / 2 + px(3)}, {x + step - px(1), middle + height / 2 - px(3)},
                       theme.card, px(2));
    list.AddRectFilled({x + px(1), std::min(middle, middle - length)},
                       {x + step - px(1), std::max(middle, middle - length)}, theme.accent, px(2));
    if (keys.holds && chosen == static_cast<int>(i))
      list.AddRect({x, middle - height / 2}, {x + step, middle + height / 2}, theme.accent, px(2), 0, px(2));
  }
  if (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible)
    frame_item({}, px(2));
  if (keys.y != 0)
    set_number(out, now, latent, static_cast<std::size_t>(chosen),
               latent[static_cast<std::size_t>(chosen)] - keys.y * 5 * latent_step);
  if (!ImGui::IsItemActive() || !ImGui::IsMouseDown(0))
    return;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const auto column = static_cast<std::int64_t>((mouse.x - at.x) / step),
             row = static_cast<std::int64_t>((mouse.y - at.y) / height);
  const std::int64_t index = row * columns + column;
  if (column < 0 || column >= columns || row < 0 || index >= static_cast<std::int64_t>(latent.size()))
    return;
  const float value = ((static_cast<float>(row) + 0.5F) * height - (mouse.y - at.y)) / (height / 2 - px(3)) * farthest;
  set_number(out, now, latent, static_cast<std::size_t>(index), value);
}

void compare(Actions& out, const Snapshot& now) {
  heading("Compare");
  const bool compares = now.viewer.b().has_value();
  if (button(compares ? "Close B" : "Keep this as B"))
    out.push_back(Command{"compare"});
  if (!compares)
    return;
  flow(width_of("Swap A and B"));
  if (button("Swap A and B"))
    out.push_back(Command{"swap"});
}

void show_litter(Actions& out, const Snapshot& now) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float side = ImGui::GetContentRegionAvail().x;
  const float cell = side / 3;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  now.breeding.picture().draw(list, at, {at.x + side, at.y + side},
                              {static_cast<int>(now.state().upscaling), static_cast<int>(now.state().colors),
                               now.facts().image.width, now.facts().image.height});
  const std::vector<std::size_t>& parents = now.breeding.parents();
  for (std::size_t i = 0; i < now.breeding.litter().size(); ++i) {
    const ImVec2 low{at.x + cell * static_cast<float>(i % 3), at.y + cell * static_cast<float>(i / 3)};
    ImGui::SetCursorScreenPos(low);
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("child", {cell, cell}))
      out.push_back(ChooseParent{i});
    ImGui::PopID();
    name_item(concat("Child ", i + 1));
    const bool chosen = std::ranges::find(parents, i) != parents.end();
    if (chosen || ImGui::IsItemHovered())
      list.AddRect({low.x + px(2), low.y + px(2)}, {low.x + cell - px(2), low.y + cell - px(2)},
                   chosen ? theme.accent : theme.line, px(4), 0, px(3));
  }
  ImGui::SetCursorScreenPos({at.x, at.y + side + px(8)});
}

void breeding(Actions& out, const Snapshot& now) {
  heading("Breed");
  if (now.breeding.litter().empty()) {
    note("Nine pictures; choose two, and the next nine descend from them.");
    if (button("Begin"))
      out.push_back(Command{"breed"});
    return;
  }
  show_litter(out, now);
  Desk desk = now.desk;
  if (slider("Mutation", &desk.mutation, 0, 1, "%.2f"))
    set_desk(out, now, desk);
  ImGui::BeginDisabled(now.breeding.parents().size() != 2);
  if (button("Breed these two", true))
    out.push_back(Command{"breed-next"});
  ImGui::EndDisabled();
  flow(width_of("End"));
  if (button("End"))
    out.push_back(Command{"breed-end"});
}

} // namespace

Actions explore_panel(const Snapshot& now) {
  Actions out;
  title("Explore");
  if (!now.session.has_model())
    return out;
  plane(out, now);
  compare(out, now);
  direction_sliders(out, now);
  breeding(out, now);
  latents(out, now);
  return out;
}

} // namespace ganlet::studio
