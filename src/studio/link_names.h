#pragma once

#include <array>
#include <string_view>

/// Words of links that are read and written.
namespace ganlet::studio {

/// In the order of Upscaling and ColorMap.
inline constexpr std::array<std::string_view, 3> upscalings{"nearest", "smooth", "lanczos"};
inline constexpr std::array<std::string_view, 4> color_maps{"plain", "grey", "inverted", "ink"};

} // namespace ganlet::studio
