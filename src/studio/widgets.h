#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <imgui.h>

namespace ganlet::studio {

/// The controls of a frame by their labels: scripts press them by label, as people do.
class Controls {
 public:
  struct Control {
    std::string section, label; ///< the heading above it, and its own label
    ImVec2 low, high;           ///< in pixels
  };

  /// The controls of ImGui's current context, for which `attach` was called.
  static Controls& current();
  void attach() { ImGui::GetIO().UserData = this; }

  void begin_frame();
  void begin_section(std::string_view heading) { section_ = heading; }
  /// Adds the last item that was laid out.
  void add(std::string_view label);
  /// A control of the last complete frame: "Copy", or with the heading above it "Link > Copy".
  std::optional<Control> find(std::string_view label) const;
  /// Scrolls to a control the next time it is laid out.
  void bring(std::string_view label) { wanted_ = label; }

 private:
  std::vector<Control> last_, now_;
  std::string section_, wanted_;
};

/// Names the last item that was laid out; the widgets below do this themselves.
void name_item(std::string_view label);

/// A heading above a group of controls.
void heading(const char* text);
/// Secondary text, wrapped.
void note(std::string_view text);
void title(std::string_view text);
/// A button; `primary` marks the most important one of a panel.
bool button(const char* label, bool primary = false, float width = 0);
/// One of several choices.
bool choice(const char* label, bool chosen, float width = 0);
/// Stays on the same line if `width` pixels fit; otherwise starts the next one.
void flow(float width);
float width_of(const char* label);
bool checkbox(const char* label, bool* value);
/// A line of text to edit; true when it changes.
bool text_field(const char* label, const char* hint, std::string* text, ImGuiInputTextFlags flags);
/// A slider over the full width with its name and value above it; true when it changes.
bool slider(const char* label, int* value, int low, int high, const char* format);
bool slider(const char* label, float* value, float low, float high, const char* format);
/// The same for a share in [0, 1], shown in per cent.
bool slider_in_per_cent(const char* label, float* share);
/// The same with words instead of the number.
bool slider_in_words(const char* label, int* value, int low, int high, const std::string& words);
/// A seed to edit, with buttons for the previous and the next one; true when it changes. `label` names the field.
bool seed_field(const char* label, std::uint64_t& seed);
/// Arrow keys for the last item, whose button returned `pressed`: Space or Enter hold it, and the same keys or Escape
/// release it, as with sliders.
struct KeyHold {
  bool holds = false;
  float x = 0, y = 0; ///< steps to the right and down
};
KeyHold held_by_keys(bool pressed);
/// A progress bar from 0 to 1 with words below it.
void progress(float part, std::string_view words);
/// "1.1 MB".
std::string bytes_in_words(std::int64_t bytes);
/// The number with this many decimals.
std::string fixed(double number, int digits);

} // namespace ganlet::studio
