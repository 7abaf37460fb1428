#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ganlet::studio {

/// RFC 4648, section 5: base64 that links can hold, without padding.
std::string to_base64url(std::span<const std::byte> bytes);
/// Nothing where a character isn't of the alphabet, or the last ones don't make whole bytes.
std::optional<std::vector<std::byte>> from_base64url(std::string_view text);

} // namespace ganlet::studio
