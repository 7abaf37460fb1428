#include "studio/panels.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <imgui.h>

#include "core/text.h"
#include "studio/link.h"
#include "studio/theme.h"
#include "studio/widgets.h"

namespace ganlet::studio {

namespace {

constexpr float narrow_below = 760; ///< units of width under which there is one column
constexpr float bar_height = 56;
constexpr float rail_width = 108;
constexpr int usual_panel_width = 320;
constexpr int least_panel_width = 240, most_panel_width = 640;
constexpr float strip_height = 46;

constexpr ImGuiWindowFlags fixed_window = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                          ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus;
/// Lets arrow keys move between the parts of the window as if they were one.
constexpr ImGuiWindowFlags by_keys = ImGuiWindowFlags_NavFlattened;

void append(Actions& out, Actions more) {
  std::ranges::move(more, std::back_inserter(out));
}

void shortcuts(Actions& out) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.WantTextInput)
    return;
  if (io.KeyCtrl || io.KeySuper) {
    if (ImGui::IsKeyPressed(ImGuiKey_Z))
      out.push_back(Command{io.KeyShift ? "redo" : "undo"});
    if (ImGui::IsKeyPressed(ImGuiKey_Y))
      out.push_back(Command{"redo"});
    return;
  }
  if (ImGui::IsKeyPressed(ImGuiKey_N))
    out.push_back(Command{"generate"});
  if (ImGui::IsKeyPressed(ImGuiKey_P, false))
    out.push_back(Command{"play"});
}

void show_panel(Actions& out, const Snapshot& now, const char* name) {
  Desk desk = now.desk;
  desk.panel = name;
  set_desk(out, now, desk);
}

/// A word in the top bar that acts as a button.
bool quiet_button(const char* label, bool enabled = true) {
  ImGui::BeginDisabled(!enabled);
  ImGui::PushStyleColor(ImGuiCol_Button, 0);
  ImGui::PushStyleColor(ImGuiCol_Border, 0);
  const bool pressed = ImGui::Button(label);
  name_item(label);
  ImGui::PopStyleColor(2);
  ImGui::EndDisabled();
  return pressed;
}

void model_choice(Actions& out, const Snapshot& now, float width) {
  const std::string& name = now.session.has_model() ? now.facts().about.title : now.session.loading().name;
  ImGui::SetNextItemWidth(width);
  const bool is_open = ImGui::BeginCombo("##model", name.c_str());
  name_item("Model");
  if (!is_open)
    return;
  for (const CatalogueModel& model : now.session.catalogue()) {
    const bool is_shown = model.id == now.state().model;
    const bool pressed = ImGui::Selectable(concat(model.title, "##", model.id).c_str(), is_shown);
    name_item(model.title);
    if (pressed && !is_shown)
      out.push_back(LoadModel{model.id});
  }
  ImGui::Separator();
  if (ImGui::Selectable("Other models..."))
    show_panel(out, now, "Models");
  ImGui::EndCombo();
}

void top_bar(Actions& out, const Snapshot& now, float width, bool narrow) {
  const float middle = (px(bar_height) - ImGui::GetFrameHeight()) / 2;
  if (!narrow) {
    ImGui::PushFont(theme.title);
    ImGui::SetCursorPos({px(24), (px(bar_height) - ImGui::GetTextLineHeight()) / 2});
    ImGui::TextUnformatted("ganlet studio");
    ImGui::PopFont();
  }
  const float left = narrow ? px(14) : px(rail_width + 80);
  ImGui::SetCursorPos({left, middle});
  const char* theme_label = theme.dark ? "Light" : "Dark";
  float x = width - px(narrow ? 4 : 12) - width_of("Undo") - width_of("Redo") - width_of(theme_label);
  model_choice(out, now, std::min(px(240), x - left - px(6)));
  const auto word = [&](const char* label, bool enabled, const char* command) {
    ImGui::SetCursorPos({x, middle});
    if (quiet_button(label, enabled))
      out.push_back(Command{command});
    x += width_of(label);
  };
  word("Undo", now.timeline.can_undo(), "undo");
  word("Redo", now.timeline.can_redo(), "redo");
  word(theme_label, true, "theme");
}

/// A panel's name in the rail. The open one is marked, beside it or, if the names are in a row, below it.
void rail_item(Actions& out, const Snapshot& now, const Panel& panel, bool is_across) {
  const bool open = now.desk.panel == panel.name;
  const ImVec2 size =
      is_across ? ImVec2(ImGui::CalcTextSize(panel.name).x + px(22), px(strip_height)) : ImVec2(px(rail_width), px(40));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  if (ImGui::InvisibleButton(panel.name, size))
    show_panel(out, now, panel.name);
  name_item(panel.name);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  // The keyboard focus is shown only while the keyboard is used.
  const bool has_keys = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
  const ImU32 color = open                                 ? theme.accent
                      : ImGui::IsItemHovered() || has_keys ? ImGui::GetColorU32(ImGuiCol_Text)
                                                           : theme.quiet;
  if (has_keys)
    list.AddRect({at.x + px(2), at.y}, {at.x + size.x - px(2), at.y + size.y}, theme.accent, px(8), 0, px(2));
  const float indent = is_across ? px(11) : px(24);
  list.AddText({at.x + indent, at.y + (size.y - ImGui::GetTextLineHeight()) / 2}, color, panel.name);
  if (open && is_across)
    list.AddRectFilled({at.x + indent, at.y + size.y - px(3)}, {at.x + size.x - indent, at.y + size.y}, theme.accent,
                       px(2));
  else if (open)
    list.AddRectFilled({at.x, at.y + px(9)}, {at.x + px(3), at.y + size.y - px(9)}, theme.accent, px(2));
  if (open && is_across && ImGui::IsWindowAppearing())
    ImGui::SetScrollHereX();
}

/// Lets a strip of names scroll with a finger or the wheel.
void scroll_across() {
  const ImGuiIO& io = ImGui::GetIO();
  if (!ImGui::IsWindowHovered())
    return;
  const float by_touch = io.MouseSource == ImGuiMouseSource_TouchScreen && io.MouseDown[0] ? io.MouseDelta.x : 0;
  ImGui::SetScrollX(ImGui::GetScrollX() - by_touch - io.MouseWheel * px(60));
}

void rail(Actions& out, const Snapshot& now, bool is_across) {
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, is_across ? 0 : px(2)});
  for (const Panel& panel : panels) {
    if (!panel.is_of_use(now.facts()) && now.desk.panel != panel.name)
      continue;
    rail_item(out, now, panel, is_across);
    if (is_across)
      ImGui::SameLine();
  }
  ImGui::PopStyleVar();
  if (is_across)
    scroll_across();
}

/// Lets a finger that isn't on a control scroll what is under it.
void scroll_by_touch() {
  const ImGuiIO& io = ImGui::GetIO();
  const bool drags = io.MouseSource == ImGuiMouseSource_TouchScreen && io.MouseDown[0] && !ImGui::IsAnyItemActive();
  if (!drags || !ImGui::IsWindowHovered(ImGuiHoveredFlags_ChildWindows))
    return;
  ImGui::SetScrollY(ImGui::GetScrollY() - io.MouseDelta.y);
  ImGui::SetScrollX(ImGui::GetScrollX() - io.MouseDelta.x);
}

void open_panel(Actions& out, const Snapshot& now) {
  const auto found = std::ranges::find_if(panels, [&](const Panel& panel) { return now.desk.panel == panel.name; });
  append(out, (found == std::end(panels) ? panels[0] : *found).show(now));
  scroll_by_touch();
}

/// The text under the picture: what it shows, or what went wrong.
std::string caption_text(const Snapshot& now) {
  if (!now.notices.problem.empty())
    return now.notices.problem;
  if (const Loading& loading = now.session.loading(); !loading.name.empty())
    return loading.all > 0 ? concat("Loading ", loading.name, ": ", with_commas(loading.bytes), " of ",
                                    with_commas(loading.all), " bytes")
                           : concat("Loading ", loading.name);
  if (!now.notices.news.empty())
    return now.notices.news;
  return now.session.has_model() ? description_of(now.state(), now.facts()) : std::string();
}

void caption(const Snapshot& now, const std::string& text, float width) {
  ImGui::PushStyleColor(ImGuiCol_Text, now.notices.problem.empty() ? theme.quiet : theme.problem);
  ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + width);
  ImGui::TextUnformatted(text.c_str());
  ImGui::PopTextWrapPos();
  ImGui::PopStyleColor();
}

void picture_buttons(Actions& out, const Snapshot& now) {
  Controls::current().begin_section("Picture");
  if (button("New seed", true))
    out.push_back(Command{"generate"});
  ImGui::SameLine();
  if (button("Save PNG"))
    out.push_back(Command{"save"});
  ImGui::SameLine();
  const bool kept = is_favourite(now.keepsakes, whole_fragment(now.state()));
  if (choice(kept ? "Kept##favourite" : "Keep##favourite", kept))
    out.push_back(Command{"favourite"});
}

/// The picture, with its caption and the buttons that every panel needs.
void stage(Actions& out, const Snapshot& now, float width, float height, bool narrow) {
  ImGui::PushStyleColor(ImGuiCol_ChildBg, theme.stage);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(narrow ? 14 : 24), px(narrow ? 10 : 20)});
  ImGui::PushStyleVar(ImGuiStyleVar_ChildRounding, narrow ? 0.0F : px(16));
  ImGui::BeginChild("stage", {width, height}, ImGuiChildFlags_AlwaysUseWindowPadding,
                    by_keys | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleVar(2);
  ImGui::PopStyleColor();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float buttons =
      width_of("New seed") + width_of("Save PNG") + width_of("Keep") + 2 * ImGui::GetStyle().ItemSpacing.x;
  const std::string text = caption_text(now);
  const float text_width = narrow ? room.x : room.x - buttons - px(24),
              text_height = ImGui::CalcTextSize(text.c_str(), nullptr, false, text_width).y;
  const float line = ImGui::GetFrameHeight();
  const float foot = narrow ? line + text_height + px(8) : std::max(line, text_height);
  append(out, show_picture(now, room.x, room.y - foot - px(16)));
  const ImVec2 corner = ImGui::GetWindowContentRegionMax();
  const ImVec2 start{ImGui::GetWindowContentRegionMin().x, corner.y - foot};
  ImGui::SetCursorPos({start.x, narrow ? start.y : start.y + (foot - text_height) / 2});
  caption(now, text, text_width);
  ImGui::SetCursorPos({narrow ? start.x : corner.x - buttons, corner.y - (narrow ? line : (foot + line) / 2)});
  picture_buttons(out, now);
  ImGui::EndChild();
}

void one_column(Actions& out, const Snapshot& now, ImVec2 size) {
  top_bar(out, now, size.x, true);
  ImGui::SetCursorPos({0, px(bar_height)});
  const float picture = std::clamp(size.y * 0.48F, px(200), size.x * 0.9F + px(110));
  stage(out, now, size.x, picture, true);
  ImGui::SetCursorPos({0, px(bar_height) + picture});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(4), 0});
  ImGui::BeginChild("rail", {size.x, px(strip_height + 2)}, ImGuiChildFlags_AlwaysUseWindowPadding,
                    by_keys | ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoScrollbar);
  rail(out, now, true);
  ImGui::EndChild();
  ImGui::PopStyleVar();
  ImGui::SetCursorPos({0, px(bar_height + strip_height + 2) + picture});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(16), px(10)});
  ImGui::BeginChild("panel", {size.x, 0}, ImGuiChildFlags_AlwaysUseWindowPadding, by_keys);
  open_panel(out, now);
  ImGui::EndChild();
  ImGui::PopStyleVar();
}

/// The width of the panels, in units. A window that became narrow keeps room for the picture.
float panel_width(const Snapshot& now, float window_width) {
  const int wanted = now.keepsakes.side > 0 ? now.keepsakes.side : usual_panel_width;
  const int room = static_cast<int>(window_width / px(1) - rail_width) / 2;
  return static_cast<float>(
      std::clamp(wanted, least_panel_width, std::max(least_panel_width, std::min(most_panel_width, room))));
}

/// Between panel and picture: dragging it changes the panel's width, and a double click restores the usual one.
void splitter(Actions& out, float left, ImVec2 size) {
  const float grip = px(8);
  ImGui::SetCursorPos({left, px(bar_height)});
  ImGui::InvisibleButton("splitter", {grip, size.y - px(bar_height)});
  name_item("Splitter");
  const bool is_lit = ImGui::IsItemHovered() || ImGui::IsItemActive();
  if (is_lit) {
    ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
    const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
    const float middle = std::round((low.x + high.x) / 2);
    ImGui::GetWindowDrawList()->AddRectFilled({middle - px(1), low.y + px(16)}, {middle + px(1), high.y - px(32)},
                                              theme.accent, px(1));
  }
  if (ImGui::IsItemActive() && ImGui::GetIO().MouseDelta.x != 0)
    out.push_back(SetSide{std::clamp(static_cast<int>((ImGui::GetIO().MousePos.x - grip / 2) / px(1) - rail_width),
                                     least_panel_width, most_panel_width)});
  if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0))
    out.push_back(SetSide{0});
}

void two_columns(Actions& out, const Snapshot& now, ImVec2 size) {
  top_bar(out, now, size.x, false);
  ImGui::SetCursorPos({0, px(bar_height + 8)});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::BeginChild("rail", {px(rail_width), 0}, 0, by_keys);
  rail(out, now, false);
  ImGui::EndChild();
  ImGui::PopStyleVar();
  ImGui::SetCursorPos({px(rail_width), px(bar_height)});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(14), px(8)});
  const float width = panel_width(now, size.x);
  ImGui::BeginChild("panel", {px(width), 0}, ImGuiChildFlags_AlwaysUseWindowPadding, by_keys);
  open_panel(out, now);
  ImGui::EndChild();
  ImGui::PopStyleVar();
  splitter(out, px(rail_width + width), size);
  const float left = px(rail_width + width + 8);
  ImGui::SetCursorPos({left, px(bar_height)});
  stage(out, now, size.x - left - px(16), size.y - px(bar_height + 16), false);
}

} // namespace

void change(Actions& out, const Snapshot& now, State next, std::string kind) {
  make_valid(next);
  if (next != now.state())
    out.push_back(Change{std::move(next), std::move(kind)});
}

void set_desk(Actions& out, const Snapshot& now, Desk desk) {
  if (desk != now.desk)
    out.push_back(SetDesk{std::move(desk)});
}

Actions show_interface(const Snapshot& now) {
  Actions out;
  shortcuts(out);
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(size);
  if (now.frames.drawn == 1)
    ImGui::SetNextWindowFocus();
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0);
  ImGui::Begin("studio", nullptr, fixed_window | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleVar(2);
  if (size.x < px(narrow_below))
    one_column(out, now, size);
  else
    two_columns(out, now, size);
  ImGui::End();
  return out;
}

} // namespace ganlet::studio
