#include "studio/panels.h"

#include <algorithm>
#include <cmath>

#include <imgui.h>

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

/// The largest rectangle inside `room` with the picture's proportions; with nearest upscaling, each pixel of the
/// picture takes a whole number of screen pixels.
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

platform::Look look_of(const State& state, const Canvas& canvas) {
  return {static_cast<int>(state.upscaling), static_cast<int>(state.colors), canvas.cell_width, canvas.cell_height};
}

/// The fitted rectangle, zoomed about the centre of the room and moved.
Rectangle zoomed(const View& view, const Rectangle& room, const Rectangle& fit) {
  const float x = (room.low.x + room.high.x) / 2, y = (room.low.y + room.high.y) / 2;
  return {{x + (fit.low.x - x) * view.zoom + view.pan_x, y + (fit.low.y - y) * view.zoom + view.pan_y},
          {x + (fit.high.x - x) * view.zoom + view.pan_x, y + (fit.high.y - y) * view.zoom + view.pan_y}};
}

void show_canvas(const Snapshot& now, const Canvas& canvas, const Rectangle& room) {
  if (!canvas.texture)
    return;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const Rectangle fit = fitted(room, canvas.texture.image(), now.state().upscaling);
  const Rectangle place = zoomed(now.viewer.view(), room, fit);
  list.PushClipRect(room.low, room.high, true);
  canvas.texture.draw(list, place.low, place.high, look_of(now.state(), canvas));
  list.PopClipRect();
}

/// Zooms about the cursor with the wheel, or with two fingers.
void zoom_by_wheel(View& view, const Rectangle& room) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.MouseWheel == 0)
    return;
  const float before = view.zoom;
  view.zoom = std::clamp(view.zoom * std::pow(1.2F, io.MouseWheel), 1.0F, most_zoom);
  const float x = io.MousePos.x - (room.low.x + room.high.x) / 2, y = io.MousePos.y - (room.low.y + room.high.y) / 2;
  view.pan_x = x - (x - view.pan_x) * view.zoom / before;
  view.pan_y = y - (y - view.pan_y) * view.zoom / before;
  if (view.zoom == 1)
    view.pan_x = view.pan_y = 0;
}

/// Dragging on the picture: the left button moves through the seeds, the others move the picture itself.
void drag(Actions& out, const Snapshot& now, View& view, const Rectangle& room) {
  const ImGuiIO& io = ImGui::GetIO();
  if (!ImGui::IsItemActive() || !io.MouseDown[0])
    view.dragged_from.reset();
  if (!ImGui::IsItemActive())
    return;
  if (io.MouseDown[1] || io.MouseDown[2]) {
    view.pan_x += io.MouseDelta.x;
    view.pan_y += io.MouseDelta.y;
  } else if (now.session.has_model() && ImGui::IsMouseDragging(0, px(3))) {
    if (!view.dragged_from)
      view.dragged_from = now.state().place;
    // Computed from where the drag began: rounding each frame's step would lose slow drags.
    const ImVec2 by = ImGui::GetMouseDragDelta(0, px(3));
    State next = now.state();
    next.place = dragged(*view.dragged_from, by.x, by.y, std::min(room.width(), room.height()));
    change(out, now, std::move(next), "plane");
  }
}

/// Tells a wall that follows the pointer where it is.
void follow(Actions& out, const Snapshot& now, const Rectangle& room) {
  if (now.wall.motion() != Wall::Motion::follow || !ImGui::IsItemHovered())
    return;
  const ImVec2 at = ImGui::GetIO().MousePos;
  const float side = std::min(room.width(), room.height());
  const std::array<float, 2> pointer{(at.x - (room.low.x + room.high.x) / 2) / side,
                                     (at.y - (room.low.y + room.high.y) / 2) / side};
  if (pointer != now.wall.pointer())
    out.push_back(PointAt{pointer[0], pointer[1]});
}

void interact(Actions& out, const Snapshot& now, const Rectangle& room) {
  ImGui::SetCursorScreenPos(room.low);
  ImGui::InvisibleButton("picture", {room.width(), room.height()},
                         ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight |
                             ImGuiButtonFlags_MouseButtonMiddle);
  name_item("Picture");
  View view = now.viewer.view();
  if (ImGui::IsItemHovered()) {
    zoom_by_wheel(view, room);
    ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeAll);
    if (ImGui::IsMouseDoubleClicked(0))
      view = {.dragged_from = view.dragged_from};
  }
  drag(out, now, view, room);
  follow(out, now, room);
  if (view != now.viewer.view())
    out.push_back(SetView{view});
}

void label_half(const char* text, const Rectangle& room) {
  const ImVec2 size = ImGui::CalcTextSize(text);
  const ImVec2 at{room.low.x + px(10), room.low.y + px(8)};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled({at.x - px(8), at.y - px(4)}, {at.x + size.x + px(8), at.y + size.y + px(4)}, theme.card, px(8));
  list.AddText(at, ImGui::GetColorU32(ImGuiCol_Text), text);
}

} // namespace

Actions show_picture(const Snapshot& now, float width, float height) {
  Actions out;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rectangle room{at, {at.x + std::max(width, 1.0F), at.y + std::max(height, 1.0F)}};
  interact(out, now, room);
  if (now.viewer.b()) {
    const float middle = std::round((room.low.x + room.high.x) / 2);
    const Rectangle left{room.low, {middle - px(8), room.high.y}}, right{{middle + px(8), room.low.y}, room.high};
    show_canvas(now, now.viewer.picture(), left);
    show_canvas(now, now.viewer.other(), right);
    label_half("A", left);
    label_half("B", right);
  } else {
    show_canvas(now, now.viewer.picture(), room);
  }
  ImGui::SetCursorScreenPos({at.x, room.high.y});
  ImGui::Dummy({width, 0});
  return out;
}

} // namespace ganlet::studio
