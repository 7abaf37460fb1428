#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <imgui.h>

namespace ganlet::studio {

/// A heading above a group of controls.
void heading(const char* text);
/// Secondary text, wrapped.
void note(std::string_view text);
void title(std::string_view text);
/// A button; the one that matters most on a panel is `primary`.
bool button(const char* label, bool primary = false, float width = 0);
/// One of several choices.
bool choice(const char* label, bool chosen, float width = 0);
/// Goes on in the same line where `width` pixels fit, else in the next.
void flow(float width);
float width_of(const char* label);
/// A slider over the whole width with its name and value above it; true while it changes.
bool slider(const char* label, int* value, int low, int high, const char* format);
bool slider(const char* label, float* value, float low, float high, const char* format);
/// The same with words in place of the number.
bool slider_in_words(const char* label, int* value, int low, int high, const std::string& words);
/// A seed to type, with buttons for the one before and after it; true while it changes.
bool seed_field(const char* id, std::uint64_t& seed);
/// Arrow keys for the item laid out last, `pressed` where its button says so: Space or Enter take hold of it, and they
/// or Escape let go, as with sliders.
struct KeyHold {
  bool holds = false;
  float x = 0, y = 0; ///< steps to the right and down
};
KeyHold held_by_keys(bool pressed);
/// A bar from 0 to 1 with words under it.
void progress(float part, std::string_view words);
/// "1.1 MB".
std::string bytes_in_words(std::int64_t bytes);
/// With so many digits behind the point.
std::string fixed(double number, int digits);

} // namespace ganlet::studio
