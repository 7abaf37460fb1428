#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ganlet::tool {

struct CssColor {
  std::uint8_t red, green, blue, opacity;
};

/// What `css_color` reads, in words.
inline constexpr std::string_view css_color_forms =
    "#rgb, #rrggbb or #rrggbbaa, transparent, or one of the 16 basic names such as black, white and navy";

/// A colour as CSS writes it (CSS Color 4, sections 5.2 and 6.1); empty for what only browsers know.
std::optional<CssColor> css_color(std::string_view text);

} // namespace ganlet::tool
