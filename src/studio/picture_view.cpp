#include <algorithm>
#include <cmath>

#include <imgui.h>

#include "studio/app.h"
#include "studio/panels.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

constexpr float most_zoom = 32;

struct Rectangle {
  ImVec2 low, high;
  float width() const { return high.x - low.x; }
  float height() const { return high.y - low.y; }
};

/// The largest place for a picture inside of a rectangle; with nearest upscaling a texel takes a whole number of
/// pixels.
Rectangle fitted(const Rectangle& room, const Image& image, Upscaling upscaling) {
  float scale =
      std::min(room.width() / static_cast<float>(image.width), room.height() / static_cast<float>(image.height));
  if (upscaling == Upscaling::nearest && scale > 1)
    scale = std::floor(scale);
  const float width = std::round(scale * static_cast<float>(image.width)),
              height = std::round(scale * static_cast<float>(image.height));
  const ImVec2 low{std::round(room.low.x + (room.width() - width) / 2),
                   std::round(room.low.y + (room.height() - height) / 2)};
  return {low, {low.x + width, low.y + height}};
}

platform::Look look_of(const App& app, const Canvas& canvas) {
  return {static_cast<int>(app.state().upscaling), static_cast<int>(app.state().colors), canvas.cell_width,
          canvas.cell_height};
}

/// Zoomed about the middle of the room and moved.
Rectangle zoomed(const App& app, const Rectangle& room, const Rectangle& fit) {
  const float x = (room.low.x + room.high.x) / 2, y = (room.low.y + room.high.y) / 2;
  return {{x + (fit.low.x - x) * app.zoom + app.pan_x, y + (fit.low.y - y) * app.zoom + app.pan_y},
          {x + (fit.high.x - x) * app.zoom + app.pan_x, y + (fit.high.y - y) * app.zoom + app.pan_y}};
}

void show_canvas(App& app, const Canvas& canvas, const Rectangle& room) {
  if (!canvas.texture)
    return;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const Rectangle fit = fitted(room, canvas.texture.image(), app.state().upscaling);
  const Rectangle place = zoomed(app, room, fit);
  list.PushClipRect(room.low, room.high, true);
  canvas.texture.draw(list, place.low, place.high, look_of(app, canvas));
  list.PopClipRect();
}

/// The wheel, or two fingers, zoom about the cursor.
void zoom_by_wheel(App& app, const Rectangle& room) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.MouseWheel == 0)
    return;
  const float before = app.zoom;
  app.zoom = std::clamp(app.zoom * std::pow(1.2F, io.MouseWheel), 1.0F, most_zoom);
  const float x = io.MousePos.x - (room.low.x + room.high.x) / 2, y = io.MousePos.y - (room.low.y + room.high.y) / 2;
  app.pan_x = x - (x - app.pan_x) * app.zoom / before;
  app.pan_y = y - (y - app.pan_y) * app.zoom / before;
  if (app.zoom == 1)
    app.pan_x = app.pan_y = 0;
}

/// A drag over the shorter side of the picture goes from one seed to the next.
void drag_over_seeds(App& app, const Rectangle& room) {
  const ImVec2 by = ImGui::GetIO().MouseDelta;
  if (by.x == 0 && by.y == 0)
    return;
  State next = app.state();
  if (!next.place.latent.empty())
    next.place = {.seed = next.place.seed}; // numbers set by hand lie nowhere on the plane
  const float side = std::min(room.width(), room.height());
  next.place.x -= static_cast<std::int32_t>(std::round(by.x / side * thousandths));
  next.place.y -= static_cast<std::int32_t>(std::round(by.y / side * thousandths));
  app.change(std::move(next), "plane");
}

void interact(App& app, const Rectangle& room) {
  ImGui::SetCursorScreenPos(room.low);
  ImGui::InvisibleButton("picture", {room.width(), room.height()},
                         ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight |
                             ImGuiButtonFlags_MouseButtonMiddle);
  if (ImGui::IsItemHovered()) {
    zoom_by_wheel(app, room);
    ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeAll);
  }
  if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0)) {
    app.zoom = 1;
    app.pan_x = app.pan_y = 0;
  }
  if (!ImGui::IsItemActive())
    return;
  const ImGuiIO& io = ImGui::GetIO();
  if (io.MouseDown[1] || io.MouseDown[2]) {
    app.pan_x += io.MouseDelta.x;
    app.pan_y += io.MouseDelta.y;
  } else if (app.has_model && ImGui::IsMouseDragging(0, px(3))) {
    drag_over_seeds(app, room);
  }
}

void label_half(const char* text, const Rectangle& room) {
  const ImVec2 size = ImGui::CalcTextSize(text);
  const ImVec2 at{room.low.x + px(10), room.low.y + px(8)};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled({at.x - px(8), at.y - px(4)}, {at.x + size.x + px(8), at.y + size.y + px(4)}, theme.card, px(8));
  list.AddText(at, ImGui::GetColorU32(ImGuiCol_Text), text);
}

} // namespace

void show_picture(App& app, float width, float height) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rectangle room{at, {at.x + std::max(width, 1.0F), at.y + std::max(height, 1.0F)}};
  interact(app, room);
  if (app.b) {
    const float middle = std::round((room.low.x + room.high.x) / 2);
    const Rectangle left{room.low, {middle - px(8), room.high.y}}, right{{middle + px(8), room.low.y}, room.high};
    show_canvas(app, app.picture, left);
    show_canvas(app, app.other, right);
    label_half("A", left);
    label_half("B", right);
  } else {
    show_canvas(app, app.picture, room);
  }
  ImGui::SetCursorScreenPos({at.x, room.high.y});
  ImGui::Dummy({width, 0});
}

} // namespace ganlet::studio
