#include "studio/panels.h"

#include <algorithm>
#include <cmath>

#include <imgui.h>

#include "core/text.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

platform::Look look_of(const Snapshot& now) {
  return {.upscaling = static_cast<int>(now.state().upscaling), .color_map = static_cast<int>(now.state().colors)};
}

/// Draws a picture as large as possible, centred in a square.
void draw_into(const platform::Texture& texture, ImVec2 at, float side, const platform::Look& look) {
  const auto width = static_cast<float>(texture.image().width), height = static_cast<float>(texture.image().height);
  const float scale = side / std::max(width, height);
  const ImVec2 low{at.x + (side - width * scale) / 2, at.y + (side - height * scale) / 2};
  texture.draw(*ImGui::GetWindowDrawList(), low, {low.x + width * scale, low.y + height * scale}, look);
}

/// Draws while the mouse button is held.
void draw_on_pad(Actions& out, const Snapshot& now, ImVec2 at, float side) {
  const std::optional<std::array<float, 2>>& pen = now.encoder.pen();
  if (!ImGui::IsItemActive() || !ImGui::IsMouseDown(0)) {
    if (pen)
      out.push_back(LiftPen{});
    return;
  }
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const std::array<float, 2> point{(mouse.x - at.x) / side, (mouse.y - at.y) / side};
  if (pen != point)
    out.push_back(Stroke{point[0], point[1]});
}

void pad_and_reconstruction(Actions& out, const Snapshot& now) {
  const Encoder& encoder = now.encoder;
  const float gap = ImGui::GetStyle().ItemSpacing.x, side = std::floor((ImGui::GetContentRegionAvail().x - gap) / 2);
  const ImVec2 left = ImGui::GetCursorScreenPos(), right{left.x + side + gap, left.y};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImGui::InvisibleButton("pad", {side, side});
  name_item("Pad");
  const bool is_lit = ImGui::IsItemHovered() || ImGui::IsItemActive();
  draw_on_pad(out, now, left, side);
  list.AddRectFilled(left, {left.x + side, left.y + side}, IM_COL32_WHITE);
  if (encoder.picture())
    draw_into(encoder.picture(), left, side, {.upscaling = 1});
  list.AddRect(left, {left.x + side, left.y + side}, is_lit ? theme.accent : theme.line, 0, 0, px(is_lit ? 2 : 1));
  list.AddRectFilled(right, {right.x + side, right.y + side}, theme.card);
  if (encoder.encoded()) {
    // One of the pictures, which lie side by side.
    const Image& all = encoder.drawn().image();
    const auto count = static_cast<float>(encoder.encoded()->drawn.size());
    const float scale = side / std::max(static_cast<float>(all.width) / count, static_cast<float>(all.height));
    const float width = static_cast<float>(all.width) / count * scale, height = static_cast<float>(all.height) * scale;
    const ImVec2 low{right.x + (side - width) / 2, right.y + (side - height) / 2};
    const float before = width * static_cast<float>(encoder.encoded()->nearest);
    list.PushClipRect(low, {low.x + width, low.y + height}, true);
    platform::Look look = look_of(now);
    look.cell_width = now.facts().image.width;
    look.cell_height = now.facts().image.height;
    encoder.drawn().draw(list, {low.x - before, low.y}, {low.x - before + width * count, low.y + height}, look);
    list.PopClipRect();
  }
  list.AddRect(right, {right.x + side, right.y + side}, theme.line);
  const float under = left.y + side + px(4);
  ImGui::PushFont(theme.small);
  list.AddText({left.x, under}, theme.quiet, encoder.is_opened() ? "The picture" : "Draw here");
  list.AddText({right.x, under}, theme.quiet, "As this model draws it");
  ImGui::PopFont();
  ImGui::SetCursorScreenPos({left.x, under + px(20)});
}

/// Ink colours, for models that draw in colour.
void inks(Actions& out, const Snapshot& now) {
  if (now.facts().image.channels == 1)
    return;
  constexpr std::array<std::uint8_t, 3> colors[] = {{26, 26, 31},   {214, 51, 57}, {242, 153, 38},
                                                    {250, 214, 64}, {64, 158, 87}, {51, 115, 204},
                                                    {140, 82, 184}, {133, 94, 66}, {255, 255, 255}};
  const float side = px(24);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (std::size_t i = 0; i < std::size(colors); ++i) {
    if (i > 0)
      flow(side);
    ImGui::PushID(static_cast<int>(i));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (ImGui::InvisibleButton("ink", {side, side})) {
      Desk desk = now.desk;
      desk.ink = colors[i];
      set_desk(out, now, desk);
    }
    ImGui::PopID();
    name_item(concat("Ink ", i + 1));
    const ImVec2 middle{at.x + side / 2, at.y + side / 2};
    list.AddCircleFilled(middle, side / 2 - px(3), IM_COL32(colors[i][0], colors[i][1], colors[i][2], 255));
    const bool chosen = now.desk.ink == colors[i];
    list.AddCircle(middle, side / 2 - px(1), chosen || ImGui::IsItemHovered() ? theme.accent : theme.line, 0,
                   px(chosen ? 2 : 1));
  }
}

void sources(Actions& out, const Snapshot& now) {
  if (button("Clear"))
    out.push_back(Command{"clear-pad"});
  if (now.host.files.has_dialogue()) {
    flow(width_of("Open a picture"));
    if (button("Open a picture"))
      out.push_back(Command{"choose"});
  }
  note("Or drop a picture on the window.");
}

/// The latent drawn in each class; pressing one shows it alone.
void classes(Actions& out, const Snapshot& now) {
  const Encoder& encoder = now.encoder;
  const auto count = static_cast<int>(encoder.encoded()->drawn.size());
  if (count < 2)
    return;
  heading("The other classes in this style");
  const int columns = std::min(count, 5), rows = (count + columns - 1) / columns;
  const float cell = std::floor(ImGui::GetContentRegionAvail().x / static_cast<float>(columns));
  const float height =
      cell * static_cast<float>(now.facts().image.height) / static_cast<float>(now.facts().image.width);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  platform::Look look = look_of(now);
  look.cell_width = now.facts().image.width;
  look.cell_height = now.facts().image.height;
  for (int row = 0; row < rows; ++row) {
    // The pictures lie in one row; each row of cells shows a part of it.
    const ImVec2 low{at.x, at.y + height * static_cast<float>(row)};
    const float left = low.x - cell * static_cast<float>(row * columns);
    list.PushClipRect(low, {low.x + cell * static_cast<float>(columns), low.y + height}, true);
    encoder.drawn().draw(list, {left, low.y}, {left + cell * static_cast<float>(count), low.y + height}, look);
    list.PopClipRect();
  }
  for (int i = 0; i < count; ++i) {
    const ImVec2 low{at.x + cell * static_cast<float>(i % columns), at.y + height * static_cast<float>(i / columns)};
    ImGui::SetCursorScreenPos(low);
    ImGui::PushID(i);
    const bool pressed = ImGui::InvisibleButton("class", {cell, height});
    ImGui::PopID();
    name_item(now.facts().labels[static_cast<std::size_t>(i)]);
    ImGui::SetItemTooltip("%s", printable(now.facts().labels[static_cast<std::size_t>(i)], 24).c_str());
    const bool is_nearest = static_cast<std::size_t>(i) == encoder.encoded()->nearest;
    if (is_nearest || ImGui::IsItemHovered())
      list.AddRect({low.x + px(1), low.y + px(1)}, {low.x + cell - px(1), low.y + height - px(1)},
                   is_nearest ? theme.accent : theme.line, px(4), 0, px(2));
    if (!pressed)
      continue;
    State next = now.state();
    next.text.clear();
    next.label = i;
    next.columns = next.rows = 1;
    change(out, now, std::move(next));
  }
  ImGui::SetCursorScreenPos({at.x, at.y + height * static_cast<float>(rows) + px(6)});
  if (button("Show all classes"))
    change(out, now, with_all_classes(now.state(), now.facts()));
}

} // namespace

Actions encode_panel(const Snapshot& now) {
  Actions out;
  title("Encode");
  if (!now.facts().has_encoder) {
    note("This model has no encoder, which finds the latent of a picture.");
    return out;
  }
  pad_and_reconstruction(out, now);
  inks(out, now);
  sources(out, now);
  if (!now.encoder.encoded())
    return out;
  classes(out, now);
  note("Its latent is the present one now: Explore, Animate and Keep go on from it.");
  if (now.facts().writes_digits)
    note("A number typed under Generate is written in this hand.");
  return out;
}

} // namespace ganlet::studio
