#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ganlet::tool {

/// RFC 4648, section 4, with padding.
std::string base64(std::span<const std::byte> bytes);

/// Takes it back; nothing where the text isn't base64. Line breaks are allowed.
std::optional<std::vector<std::byte>> from_base64(std::string_view text);

} // namespace ganlet::tool
