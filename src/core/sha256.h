#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ganlet {

/// The SHA-256 digest of `bytes` (FIPS 180-4, section 6.2).
std::array<std::uint8_t, 32> sha256(std::span<const std::byte> bytes);

/// The digest as 64 lower-case hexadecimal digits.
std::string sha256_text(std::span<const std::byte> bytes);

} // namespace ganlet
