#include "studio/theme.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>

namespace ganlet::studio {

extern const unsigned char studio_font[]; ///< embedded when building
extern const std::size_t studio_font_size;

Theme theme;

namespace {

float scale_now = 0;

ImFont* add_font(float units) {
  // Latin with its extensions, Greek, Cyrillic, and the symbols that the interface uses.
  static const ImWchar ranges[] = {0x20,   0x24F,  0x370,  0x3FF,  0x400,  0x52F,  0x2010, 0x2027, 0x2030,
                                   0x203A, 0x20AC, 0x20AC, 0x2190, 0x2193, 0x2212, 0x2248, 0};
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = scale_now < 1.5F ? 2 : 1;
  config.PixelSnapH = true;
  return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(const_cast<unsigned char*>(studio_font),
                                                    static_cast<int>(studio_font_size), std::round(px(units)), &config,
                                                    ranges);
}

void make_fonts() {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.TexDesiredWidth = 2048;
  theme.text = add_font(16);
  theme.small = add_font(13.5F);
  theme.title = add_font(22);
  atlas.Build();
}

void make_sizes() {
  ImGuiStyle& style = ImGui::GetStyle();
  style = ImGuiStyle();
  style.WindowPadding = {20, 18};
  style.FramePadding = {12, 8};
  style.ItemSpacing = {8, 10};
  style.ItemInnerSpacing = {8, 6};
  style.FrameRounding = 8;
  style.ChildRounding = 10;
  style.PopupRounding = 10;
  style.GrabRounding = 8;
  style.GrabMinSize = 18;
  style.ScrollbarSize = 10;
  style.ScrollbarRounding = 5;
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 0;
  style.PopupBorderSize = 1;
  style.FrameBorderSize = 1;
  style.ScaleAllSizes(scale_now);
  style.FrameBorderSize = std::max(1.0F, std::floor(scale_now));
}

ImVec4 rgb(unsigned value, float alpha = 1) {
  return {static_cast<float>(value >> 16 & 255) / 255, static_cast<float>(value >> 8 & 255) / 255,
          static_cast<float>(value & 255) / 255, alpha};
}

struct Palette {
  unsigned page, card, field, hovered, line, ink, quiet, accent, accent_ink, stage, problem;
};

constexpr Palette dark_palette{0x15161A, 0x1C1D23, 0x25272F, 0x30333D, 0x34363F, 0xECEBE7,
                               0xA3A4AA, 0x8AB4F8, 0x10131A, 0x0E0F12, 0xFF9D94};
constexpr Palette light_palette{0xF6F4EF, 0xFFFDF9, 0xFFFFFF, 0xECE8DF, 0xD6D1C6, 0x1D1E22,
                                0x5C5D63, 0x1F5FBF, 0xFFFFFF, 0xE9E5DC, 0xA5231C};

void make_colors(const Palette& p) {
  ImGuiStyle& style = ImGui::GetStyle();
  const auto set = [&](ImGuiCol name, ImVec4 color) { style.Colors[name] = color; };
  for (const ImGuiCol name : {ImGuiCol_FrameBg, ImGuiCol_Button, ImGuiCol_PopupBg, ImGuiCol_Header})
    set(name, rgb(p.field));
  for (const ImGuiCol name : {ImGuiCol_FrameBgHovered, ImGuiCol_ButtonHovered, ImGuiCol_HeaderHovered,
                              ImGuiCol_FrameBgActive, ImGuiCol_ButtonActive, ImGuiCol_HeaderActive})
    set(name, rgb(p.hovered));
  for (const ImGuiCol name : {ImGuiCol_SliderGrab, ImGuiCol_SliderGrabActive, ImGuiCol_CheckMark, ImGuiCol_NavHighlight,
                              ImGuiCol_PlotHistogram, ImGuiCol_PlotLines, ImGuiCol_DragDropTarget})
    set(name, rgb(p.accent));
  set(ImGuiCol_WindowBg, rgb(p.page));
  set(ImGuiCol_ChildBg, rgb(p.page, 0));
  set(ImGuiCol_Border, rgb(p.line));
  set(ImGuiCol_Separator, rgb(p.line));
  set(ImGuiCol_Text, rgb(p.ink));
  set(ImGuiCol_TextDisabled, rgb(p.quiet));
  set(ImGuiCol_TextSelectedBg, rgb(p.accent, 0.35F));
  set(ImGuiCol_ScrollbarBg, rgb(p.page, 0));
  set(ImGuiCol_ScrollbarGrab, rgb(p.line));
  set(ImGuiCol_ScrollbarGrabHovered, rgb(p.quiet));
  set(ImGuiCol_ScrollbarGrabActive, rgb(p.quiet));
  set(ImGuiCol_ModalWindowDimBg, rgb(0x000000, 0.4F));
  const auto color = [](unsigned value) { return ImGui::ColorConvertFloat4ToU32(rgb(value)); };
  theme.quiet = color(p.quiet);
  theme.accent = color(p.accent);
  theme.accent_ink = color(p.accent_ink);
  theme.line = color(p.line);
  theme.stage = color(p.stage);
  theme.card = color(p.card);
  theme.problem = color(p.problem);
}

} // namespace

float px(float units) {
  return std::round(units * scale_now);
}

bool apply_theme(float scale, bool dark) {
  const bool is_new_scale = scale != scale_now || !ImGui::GetIO().Fonts->IsBuilt(); // a new context has no fonts
  if (!is_new_scale && dark == theme.dark)
    return false;
  scale_now = scale;
  theme.dark = dark;
  make_sizes();
  make_colors(dark ? dark_palette : light_palette);
  if (is_new_scale)
    make_fonts();
  return is_new_scale;
}

} // namespace ganlet::studio
