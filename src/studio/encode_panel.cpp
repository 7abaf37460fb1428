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

platform::Look look_of(const App& app) {
  return {.upscaling = static_cast<int>(app.state().upscaling), .color_map = static_cast<int>(app.state().colors)};
}

/// The largest place of a picture's shape in the middle of a square.
void draw_into(const platform::Texture& texture, ImVec2 at, float side, const platform::Look& look) {
  const auto width = static_cast<float>(texture.image().width), height = static_cast<float>(texture.image().height);
  const float scale = side / std::max(width, height);
  const ImVec2 low{at.x + (side - width * scale) / 2, at.y + (side - height * scale) / 2};
  texture.draw(*ImGui::GetWindowDrawList(), low, {low.x + width * scale, low.y + height * scale}, look);
}

/// Draws while it is pressed; what is drawn is encoded as it comes, and once more when the pen is lifted.
void draw_on_pad(App& app, ImVec2 at, float side) {
  EncodePad& encoding = app.encoding;
  if (!ImGui::IsItemActive() || !ImGui::IsMouseDown(0)) {
    if (encoding.last)
      app.encode(encoding.pad.image(), false);
    encoding.last.reset();
    return;
  }
  if (encoding.is_opened) {
    encoding.is_opened = false;
    encoding.pad.clear();
  }
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const std::array<float, 2> now{(mouse.x - at.x) / side, (mouse.y - at.y) / side};
  const std::array<float, 2> from = encoding.last.value_or(now);
  if (encoding.last == now)
    return;
  encoding.pad.stroke(from[0], from[1], now[0], now[1], encoding.ink);
  encoding.last = now;
  encoding.picture = platform::Texture(encoding.pad.image());
  if (!app.client.is_busy(JobKind::encoding))
    app.encode(encoding.pad.image(), false);
}

void pad_and_reconstruction(App& app) {
  EncodePad& encoding = app.encoding;
  const float gap = ImGui::GetStyle().ItemSpacing.x, side = std::floor((ImGui::GetContentRegionAvail().x - gap) / 2);
  const ImVec2 left = ImGui::GetCursorScreenPos(), right{left.x + side + gap, left.y};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImGui::InvisibleButton("pad", {side, side});
  const bool is_lit = ImGui::IsItemHovered() || ImGui::IsItemActive();
  draw_on_pad(app, left, side);
  list.AddRectFilled(left, {left.x + side, left.y + side}, IM_COL32_WHITE);
  if (encoding.picture)
    draw_into(encoding.picture, left, side, {.upscaling = 1});
  list.AddRect(left, {left.x + side, left.y + side}, is_lit ? theme.accent : theme.line, 0, 0, px(is_lit ? 2 : 1));
  list.AddRectFilled(right, {right.x + side, right.y + side}, theme.card);
  if (encoding.encoded) {
    // One of the pictures that lie side by side.
    const Image& all = encoding.drawn.image();
    const auto count = static_cast<float>(encoding.encoded->drawn.size());
    const float scale = side / std::max(static_cast<float>(all.width) / count, static_cast<float>(all.height));
    const float width = static_cast<float>(all.width) / count * scale, height = static_cast<float>(all.height) * scale;
    const ImVec2 low{right.x + (side - width) / 2, right.y + (side - height) / 2};
    const float before = width * static_cast<float>(encoding.encoded->nearest);
    list.PushClipRect(low, {low.x + width, low.y + height}, true);
    platform::Look look = look_of(app);
    look.cell_width = app.facts.image.width;
    look.cell_height = app.facts.image.height;
    encoding.drawn.draw(list, {low.x - before, low.y}, {low.x - before + width * count, low.y + height}, look);
    list.PopClipRect();
  }
  list.AddRect(right, {right.x + side, right.y + side}, theme.line);
  const float under = left.y + side + px(4);
  ImGui::PushFont(theme.small);
  list.AddText({left.x, under}, theme.quiet, encoding.is_opened ? "The picture" : "Draw here");
  list.AddText({right.x, under}, theme.quiet, "As this model draws it");
  ImGui::PopFont();
  ImGui::SetCursorScreenPos({left.x, under + px(20)});
}

/// Inks for models that draw in colour.
void inks(App& app) {
  if (app.facts.image.channels == 1)
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
    if (ImGui::InvisibleButton("ink", {side, side}))
      app.encoding.ink = colors[i];
    ImGui::PopID();
    const ImVec2 middle{at.x + side / 2, at.y + side / 2};
    list.AddCircleFilled(middle, side / 2 - px(3), IM_COL32(colors[i][0], colors[i][1], colors[i][2], 255));
    const bool chosen = app.encoding.ink == colors[i];
    list.AddCircle(middle, side / 2 - px(1), chosen || ImGui::IsItemHovered() ? theme.accent : theme.line, 0,
                   px(chosen ? 2 : 1));
  }
}

void sources(App& app) {
  if (button("Clear")) {
    app.encoding.pad.clear();
    app.encoding.picture = {};
    app.encoding.encoded.reset();
    app.encoding.is_opened = false;
  }
  if (platform::has_file_dialogue()) {
    flow(width_of("Open a picture"));
    if (button("Open a picture"))
      platform::choose_file();
  }
  note("Or drop a picture on the window.");
}

/// The latent by each class; pressing one shows it alone.
void classes(App& app) {
  const EncodePad& encoding = app.encoding;
  const auto count = static_cast<int>(encoding.encoded->drawn.size());
  if (count < 2)
    return;
  heading("The other classes in this style");
  const int columns = std::min(count, 5), rows = (count + columns - 1) / columns;
  const float cell = std::floor(ImGui::GetContentRegionAvail().x / static_cast<float>(columns));
  const float height = cell * static_cast<float>(app.facts.image.height) / static_cast<float>(app.facts.image.width);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  platform::Look look = look_of(app);
  look.cell_width = app.facts.image.width;
  look.cell_height = app.facts.image.height;
  for (int row = 0; row < rows; ++row) {
    // The pictures lie in one row; each row of cells shows its part of it.
    const ImVec2 low{at.x, at.y + height * static_cast<float>(row)};
    const float left = low.x - cell * static_cast<float>(row * columns);
    list.PushClipRect(low, {low.x + cell * static_cast<float>(columns), low.y + height}, true);
    encoding.drawn.draw(list, {left, low.y}, {left + cell * static_cast<float>(count), low.y + height}, look);
    list.PopClipRect();
  }
  for (int i = 0; i < count; ++i) {
    const ImVec2 low{at.x + cell * static_cast<float>(i % columns), at.y + height * static_cast<float>(i / columns)};
    ImGui::SetCursorScreenPos(low);
    ImGui::PushID(i);
    const bool pressed = ImGui::InvisibleButton("class", {cell, height});
    ImGui::PopID();
    ImGui::SetItemTooltip("%s", printable(app.facts.labels[static_cast<std::size_t>(i)], 24).c_str());
    const bool is_nearest = static_cast<std::size_t>(i) == encoding.encoded->nearest;
    if (is_nearest || ImGui::IsItemHovered())
      list.AddRect({low.x + px(1), low.y + px(1)}, {low.x + cell - px(1), low.y + height - px(1)},
                   is_nearest ? theme.accent : theme.line, px(4), 0, px(2));
    if (!pressed)
      continue;
    State next = app.state();
    next.text.clear();
    next.label = i;
    next.columns = next.rows = 1;
    app.change(std::move(next));
  }
  ImGui::SetCursorScreenPos({at.x, at.y + height * static_cast<float>(rows) + px(6)});
  if (button("Show all classes"))
    app.change(with_all_classes(app.state(), app.facts));
}

} // namespace

void encode_panel(App& app) {
  title("Encode");
  if (!app.facts.has_encoder) {
    note("This model has no encoder, which finds the latent of a picture.");
    return;
  }
  pad_and_reconstruction(app);
  inks(app);
  sources(app);
  if (!app.encoding.encoded)
    return;
  classes(app);
  note("Its latent is the present one now: Explore, Animate and Keep go on from it.");
  if (app.facts.writes_digits)
    note("A number typed under Generate is written in this hand.");
}

} // namespace ganlet::studio
