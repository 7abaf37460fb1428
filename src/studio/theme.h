#pragma once

#include <imgui.h>

namespace ganlet::studio {

/// Converts a size from units of the interface to pixels.
float px(float units);

struct Theme {
  bool dark = true;
  ImFont* text = nullptr;  ///< 16 units
  ImFont* small = nullptr; ///< 13
  ImFont* title = nullptr; ///< 22
  ImU32 quiet = 0;         ///< secondary text
  ImU32 accent = 0;
  ImU32 accent_ink = 0; ///< text on the accent
  ImU32 line = 0;       ///< borders
  ImU32 stage = 0;      ///< behind the picture
  ImU32 card = 0;
  ImU32 problem = 0;
};

extern Theme theme;

/// Sets fonts, colours and sizes if `scale` or `dark` differ from last time; returns true if the fonts were rebuilt.
bool apply_theme(float scale, bool dark);

} // namespace ganlet::studio
