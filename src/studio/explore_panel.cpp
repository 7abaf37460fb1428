#include <algorithm>
#include <cmath>

#include <imgui.h>

#include "core/text.h"
#include "studio/app.h"
#include "studio/panels.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

constexpr float key_step = 0.05F; ///< of a pad's sides, that an arrow key moves its point

/// Around the last item: lit under the mouse and where the keyboard is, thicker while keys hold it.
void frame_item(const KeyHold& keys, float rounding) {
  const bool has_keys = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
  const bool is_lit = ImGui::IsItemActive() || ImGui::IsItemHovered() || has_keys;
  ImGui::GetWindowDrawList()->AddRect(ImGui::GetItemRectMin(), ImGui::GetItemRectMax(),
                                      is_lit ? theme.accent : theme.line, rounding, 0, px(keys.holds ? 3 : 1));
}

/// A square that can be dragged in, or moved in by keys; gives how far, in its sides, or nothing. `x` and `y` in [0, 1]
/// are where the point is.
bool pad(const char* name, float height, float x, float y, ImVec2& by) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 size{ImGui::GetContentRegionAvail().x, height};
  const KeyHold keys = held_by_keys(ImGui::InvisibleButton(name, size));
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

void plane(App& app) {
  heading("Between seeds");
  const Place& place = app.state().place;
  note(place.latent.empty() ? "Drag on the picture: it moves over a plane of seeds, and four of them are blended."
                            : "This latent was set by hand; dragging on the picture goes back to the plane of seeds.");
  const auto part = [](std::int32_t position) {
    return static_cast<float>(((position % thousandths) + thousandths) % thousandths) / thousandths;
  };
  ImVec2 to;
  if (pad("plane", px(120), part(place.x), part(place.y), to)) {
    State next = app.state();
    if (!next.place.latent.empty())
      next.place = {.seed = next.place.seed};
    const auto moved = [](std::int32_t from, float part_now, float wanted) {
      return from + static_cast<std::int32_t>(std::round((std::min(wanted, 0.999F) - part_now) * thousandths));
    };
    next.place.x = moved(next.place.x, part(next.place.x), to.x);
    next.place.y = moved(next.place.y, part(next.place.y), to.y);
    app.change(std::move(next), "plane");
  }
  if (!place.is_plain() && button("Back to the seed")) {
    State next = app.state();
    next.place = {.seed = next.place.seed};
    app.change(std::move(next));
  }
}

void direction_pad(App& app) {
  const auto& amounts = app.state().place.amounts;
  constexpr float farthest = 40; // four standard deviations
  const auto part = [](std::int8_t amount) {
    return std::clamp(0.5F + static_cast<float>(amount) / (2 * farthest), 0.0F, 1.0F);
  };
  ImVec2 to;
  if (!pad("directions", px(120), part(amounts[0]), 1 - part(amounts[1]), to))
    return;
  State next = app.state();
  next.place.amounts[0] = static_cast<std::int8_t>(std::round((to.x - 0.5F) * 2 * farthest));
  next.place.amounts[1] = static_cast<std::int8_t>(std::round((0.5F - to.y) * 2 * farthest));
  app.change(std::move(next), "directions");
}

void directions(App& app) {
  heading("Principal directions");
  const std::size_t count = std::min<std::size_t>(
      app.facts.directions.size() / static_cast<std::size_t>(std::max<std::int64_t>(app.facts.direction_size, 1)),
      most_directions);
  if (count == 0) {
    note(app.client.is_busy(JobKind::direction) ? "They are being computed." : "This model's first layer has none.");
    return;
  }
  if (count > 1)
    direction_pad(app);
  for (std::size_t k = 0; k < count; ++k) {
    int amount = app.state().place.amounts[k];
    const std::string name = k < app.facts.direction_names.size() ? printable(app.facts.direction_names[k], 32)
                                                                  : concat("Direction ", k + 1);
    float value = static_cast<float>(amount) * amount_step;
    if (slider(name.c_str(), &value, -4, 4, "%+.1f")) {
      State next = app.state();
      next.place.amounts[k] = static_cast<std::int8_t>(std::round(value / amount_step));
      app.change(std::move(next), concat("direction ", k));
    }
  }
}

void set_number(App& app, const std::vector<float>& latent, std::size_t index, float value) {
  State next = app.state();
  next.place = {.seed = next.place.seed, .latent = to_steps(latent), .amounts = next.place.amounts};
  if (!app.facts.moves_styles)
    next.place.amounts = {}; // the numbers have them in them
  next.place.latent[index] = to_steps({value})[0];
  app.change(std::move(next), "latent");
}

/// All numbers of the latent as bars that can be drawn over; keys go from one to the next, and change it.
void latents(App& app) {
  heading("The latent, number by number");
  const std::vector<float> latent = latent_of(app.state().place, app.facts);
  const int columns = 32;
  const int rows = (static_cast<int>(latent.size()) + columns - 1) / columns;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = px(56);
  const KeyHold keys = held_by_keys(ImGui::InvisibleButton("latent", {width, height * static_cast<float>(rows)}));
  static int chosen = 0; // by keys
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
    set_number(app, latent, static_cast<std::size_t>(chosen),
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
  set_number(app, latent, static_cast<std::size_t>(index), value);
}

void compare(App& app) {
  heading("Compare");
  if (button(app.b ? "Close B" : "Keep this as B"))
    app.command("compare");
  if (!app.b)
    return;
  flow(width_of("Swap A and B"));
  if (button("Swap A and B")) {
    const State now = app.state();
    app.change(*app.b);
    app.b = now;
  }
}

void request_litter(App& app) {
  const std::shared_ptr<const RemoteModel> drawer = app.drawer_of(app.state());
  if (!drawer)
    return; // it is being loaded
  const Plan plan = plan_of_places(app.litter, 3, app.state(), app.facts);
  app.litter_pictures.clear();
  app.client.ask(JobKind::litter, DrawJob{drawer->number, plan}, [&app](Result<Drawing> drawing) {
    if (!drawing) {
      app.say_problem(drawing.error().text());
      return;
    }
    app.litter_pictures.emplace_back(std::move(drawing->picture));
    platform::redraw();
  });
}

void choose_parent(App& app, std::size_t index) {
  const auto found = std::ranges::find(app.parents, index);
  if (found != app.parents.end()) {
    app.parents.erase(found);
    return;
  }
  app.parents.push_back(index);
  if (app.parents.size() > 2)
    app.parents.erase(app.parents.begin());
  State next = app.state();
  next.place = app.litter[index];
  app.change(std::move(next));
}

void show_litter(App& app) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float side = ImGui::GetContentRegionAvail().x;
  const float cell = side / 3;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (!app.litter_pictures.empty())
    app.litter_pictures[0].draw(list, at, {at.x + side, at.y + side},
                                {static_cast<int>(app.state().upscaling), static_cast<int>(app.state().colors),
                                 app.facts.image.width, app.facts.image.height});
  for (std::size_t i = 0; i < app.litter.size(); ++i) {
    const ImVec2 low{at.x + cell * static_cast<float>(i % 3), at.y + cell * static_cast<float>(i / 3)};
    ImGui::SetCursorScreenPos(low);
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("child", {cell, cell}))
      choose_parent(app, i);
    ImGui::PopID();
    const bool chosen = std::ranges::find(app.parents, i) != app.parents.end();
    if (chosen || ImGui::IsItemHovered())
      list.AddRect({low.x + px(2), low.y + px(2)}, {low.x + cell - px(2), low.y + cell - px(2)},
                   chosen ? theme.accent : theme.line, px(4), 0, px(3));
  }
  ImGui::SetCursorScreenPos({at.x, at.y + side + px(8)});
}

void breeding(App& app) {
  heading("Breed");
  if (app.litter.empty()) {
    note("Nine pictures; choose two, and the next nine descend from them.");
    if (button("Begin")) {
      app.litter = first_litter(app.state().place);
      app.parents.clear();
      request_litter(app);
    }
    return;
  }
  show_litter(app);
  slider("Mutation", &app.mutation, 0, 1, "%.2f");
  ImGui::BeginDisabled(app.parents.size() != 2);
  if (button("Breed these two", true)) {
    app.litter =
        next_litter(app.litter[app.parents[0]], app.litter[app.parents[1]], app.mutation, ++app.litters, app.facts);
    app.parents.clear();
    request_litter(app);
  }
  ImGui::EndDisabled();
  flow(width_of("End"));
  if (button("End"))
    app.litter.clear();
}

} // namespace

void explore_panel(App& app) {
  title("Explore");
  if (!app.has_model)
    return;
  plane(app);
  compare(app);
  directions(app);
  breeding(app);
  latents(app);
}

} // namespace ganlet::studio
