#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Bytes as text (RFC 4648).
namespace ganlet {

enum class Base64 : std::uint8_t {
  padded, ///< section 4: with '+' and '/', filled up with '='; line breaks are skipped
  url,    ///< section 5: with '-' and '_', which links can hold, without padding
};

std::string to_base64(std::span<const std::byte> bytes, Base64 form);
/// The bytes; empty if a character isn't in the alphabet, or if the last characters don't make whole bytes.
std::optional<std::vector<std::byte>> from_base64(std::string_view text, Base64 form);

} // namespace ganlet
