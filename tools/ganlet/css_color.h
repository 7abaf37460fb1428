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
    "a name such as navy or transparent, #rgb, #rrggbb or #rrggbbaa, rgb(), hsl() or hwb()";

/// A colour as CSS writes it (CSS Color 4, sections 5 to 8); empty for what only browsers know.
std::optional<CssColor> css_color(std::string_view text);

} // namespace ganlet::tool
