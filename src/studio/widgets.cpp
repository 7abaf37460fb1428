#include "studio/widgets.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include "core/text.h"
#include "studio/theme.h"

namespace ganlet::studio {

namespace {

/// The name on the left and the value on the right, in small type.
void caption_line(const char* label, const char* value) {
  ImGui::PushFont(theme.small);
  ImGui::PushStyleColor(ImGuiCol_Text, theme.quiet);
  const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
  const std::string_view shown = std::string_view(label).substr(0, std::string_view(label).find("##"));
  ImGui::TextUnformatted(shown.data(), shown.data() + shown.size());
  ImGui::PopStyleColor();
  ImGui::SameLine(right - ImGui::CalcTextSize(value).x);
  ImGui::TextUnformatted(value);
  ImGui::PopFont();
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() - px(5));
}

template <typename Number> std::string printed(const char* format, Number number) {
  char text[64];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

/// A caption above a control that `show` lays out at the panel's full width; returns what `show` returns: whether it
/// changed.
template <typename Show> bool slider_with(const char* label, const std::string& value, Show show) {
  ImGui::PushID(label);
  caption_line(label, value.c_str());
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {px(6), px(3)});
  ImGui::PushStyleVar(ImGuiStyleVar_GrabMinSize, px(16));
  ImGui::SetNextItemWidth(-1);
  const bool changed = show();
  name_item(label);
  ImGui::PopStyleVar(2);
  ImGui::PopID();
  return changed;
}

} // namespace

Controls& Controls::current() {
  return *static_cast<Controls*>(ImGui::GetIO().UserData);
}

void Controls::begin_frame() {
  last_ = std::exchange(now_, {});
  section_.clear();
}

void Controls::add(std::string_view label) {
  label = label.substr(0, label.find("##"));
  if (!wanted_.empty() && (wanted_ == label || wanted_ == concat(section_, " > ", label))) {
    ImGui::ScrollToItem(ImGuiScrollFlags_KeepVisibleCenterY);
    wanted_.clear();
  }
  now_.push_back({section_, std::string(label), ImGui::GetItemRectMin(), ImGui::GetItemRectMax()});
}

std::optional<Controls::Control> Controls::find(std::string_view label) const {
  const auto found = std::ranges::find_if(
      last_, [&](const Control& one) { return one.label == label || concat(one.section, " > ", one.label) == label; });
  return found == last_.end() ? std::nullopt : std::optional(*found);
}

void name_item(std::string_view label) {
  Controls::current().add(label);
}

void heading(const char* text) {
  Controls::current().begin_section(text);
  ImGui::Dummy({0, px(2)});
  ImGui::PushStyleColor(ImGuiCol_Text, theme.quiet);
  ImGui::PushFont(theme.small);
  ImGui::TextUnformatted(text);
  ImGui::PopFont();
  ImGui::PopStyleColor();
}

void note(std::string_view text) {
  ImGui::PushStyleColor(ImGuiCol_Text, theme.quiet);
  ImGui::PushFont(theme.small);
  ImGui::PushTextWrapPos(0);
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopTextWrapPos();
  ImGui::PopFont();
  ImGui::PopStyleColor();
}

void title(std::string_view text) {
  ImGui::PushFont(theme.title);
  ImGui::PushTextWrapPos(0);
  ImGui::TextUnformatted(text.data(), text.data() + text.size());
  ImGui::PopTextWrapPos();
  ImGui::PopFont();
}

bool button(const char* label, bool primary, float width) {
  if (primary) {
    ImGui::PushStyleColor(ImGuiCol_Button, theme.accent);
    ImGui::PushStyleColor(ImGuiCol_ButtonHovered, theme.accent);
    ImGui::PushStyleColor(ImGuiCol_ButtonActive, theme.accent);
    ImGui::PushStyleColor(ImGuiCol_Border, theme.accent);
    ImGui::PushStyleColor(ImGuiCol_Text, theme.accent_ink);
  }
  const bool pressed = ImGui::Button(label, {width, 0});
  name_item(label);
  if (primary)
    ImGui::PopStyleColor(5);
  return pressed;
}

bool choice(const char* label, bool chosen, float width) {
  ImGui::PushStyleColor(ImGuiCol_Border, chosen ? theme.accent : theme.line);
  ImGui::PushStyleColor(ImGuiCol_Text, chosen ? theme.accent : ImGui::GetColorU32(ImGuiCol_Text));
  const bool pressed = ImGui::Button(label, {width, 0});
  name_item(label);
  ImGui::PopStyleColor(2);
  return pressed;
}

float width_of(const char* label) {
  return ImGui::CalcTextSize(label, nullptr, true).x + 2 * ImGui::GetStyle().FramePadding.x;
}

void flow(float width) {
  const float end = ImGui::GetItemRectMax().x + ImGui::GetStyle().ItemSpacing.x + width;
  if (end <= ImGui::GetWindowPos().x + ImGui::GetWindowContentRegionMax().x + 1)
    ImGui::SameLine();
}

bool checkbox(const char* label, bool* value) {
  const bool changed = ImGui::Checkbox(label, value);
  name_item(label);
  return changed;
}

bool text_field(const char* label, const char* hint, std::string* text, ImGuiInputTextFlags flags) {
  const bool changed = ImGui::InputTextWithHint(concat("##", label).c_str(), hint, text, flags);
  name_item(label);
  return changed;
}

bool slider(const char* label, int* value, int low, int high, const char* format) {
  return slider_with(label, printed(format, *value),
                     [&] { return ImGui::SliderInt("##value", value, low, high, "", ImGuiSliderFlags_AlwaysClamp); });
}

bool slider(const char* label, float* value, float low, float high, const char* format) {
  return slider_with(label, printed(format, static_cast<double>(*value)),
                     [&] { return ImGui::SliderFloat("##value", value, low, high, "", ImGuiSliderFlags_AlwaysClamp); });
}

bool slider_in_per_cent(const char* label, float* share) {
  int per_cent = static_cast<int>(std::lround(100 * *share));
  if (!slider(label, &per_cent, 0, 100, "%d %%"))
    return false;
  *share = static_cast<float>(per_cent) / 100;
  return true;
}

bool slider_in_words(const char* label, int* value, int low, int high, const std::string& words) {
  return slider_with(label, words,
                     [&] { return ImGui::SliderInt("##value", value, low, high, "", ImGuiSliderFlags_AlwaysClamp); });
}

bool seed_field(const char* label, std::uint64_t& seed) {
  ImGui::PushID(label);
  const float side = ImGui::GetFrameHeight(), gap = ImGui::GetStyle().ItemSpacing.x;
  // The typed text need not be a number yet; Dear ImGui itself keeps it while the field is being edited.
  std::string text = std::to_string(seed);
  ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x - 2 * (side + gap));
  bool changed = text_field(label, "", &text, ImGuiInputTextFlags_CharsDecimal | ImGuiInputTextFlags_AutoSelectAll);
  if (changed) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    changed = error == std::errc() && end == text.data() + text.size() && number != seed;
    if (changed)
      seed = number;
  }
  for (const auto& [sign, step] : {std::pair{"-", -1}, {"+", 1}}) {
    ImGui::SameLine();
    const bool pressed = ImGui::Button(sign, {side, side});
    name_item(sign);
    if (pressed) {
      seed += static_cast<std::uint64_t>(step);
      changed = true;
    }
  }
  ImGui::PopID();
  return changed;
}

KeyHold held_by_keys(bool pressed) {
  const ImGuiID item = ImGui::GetItemID();
  // The item of this window that keys hold; there is only one.
  int& held = *ImGui::GetStateStorage()->GetIntRef(ImGui::GetID("held by keys"), 0);
  const bool was_held = held == static_cast<int>(item);
  const bool ends = !ImGui::IsItemFocused() || ImGui::IsMouseDown(0) || ImGui::IsKeyPressed(ImGuiKey_Escape, false);
  if (was_held && (pressed || ends))
    held = 0;
  else if (pressed && !ImGui::IsMouseReleased(0))
    held = static_cast<int>(item);
  if (held != static_cast<int>(item))
    return {};
  // Otherwise these keys would move to the next item.
  for (const ImGuiKey key :
       {ImGuiKey_LeftArrow, ImGuiKey_RightArrow, ImGuiKey_UpArrow, ImGuiKey_DownArrow, ImGuiKey_Escape})
    ImGui::SetKeyOwner(key, item);
  const auto steps = [](ImGuiKey back, ImGuiKey on) {
    return static_cast<float>(ImGui::IsKeyPressed(on) - ImGui::IsKeyPressed(back));
  };
  return {true, steps(ImGuiKey_LeftArrow, ImGuiKey_RightArrow), steps(ImGuiKey_UpArrow, ImGuiKey_DownArrow)};
}

void progress(float part, std::string_view words) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = px(6);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, {at.x + width, at.y + height}, theme.line, height / 2);
  if (part > 0)
    list.AddRectFilled(at, {at.x + width * std::min(part, 1.0F), at.y + height}, theme.accent, height / 2);
  ImGui::Dummy({width, height});
  note(words);
}

std::string fixed(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

std::string bytes_in_words(std::int64_t bytes) {
  if (bytes < 1000)
    return concat(bytes, " B");
  if (bytes < 1000000)
    return concat(fixed(static_cast<double>(bytes) / 1e3, 0), " KB");
  return concat(fixed(static_cast<double>(bytes) / 1e6, 1), " MB");
}

} // namespace ganlet::studio
