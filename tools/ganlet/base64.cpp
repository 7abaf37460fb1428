#include "base64.h"

#include <algorithm>
#include <cstdint>

namespace ganlet::tool {

namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::string base64(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (k < have ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k)
      text += k <= have ? digits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::optional<std::vector<std::byte>> from_base64(std::string_view text) {
  std::vector<std::byte> bytes;
  std::uint32_t bits = 0;
  std::size_t held = 0, count = 0, padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r')
      continue;
    ++count;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::size_t digit = digits.find(c);
    if (digit == digits.npos || padding > 0)
      return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push_back(static_cast<std::byte>(bits >> held & 255));
    }
  }
  if (count % 4 != 0 || padding > 2)
    return std::nullopt;
  return bytes;
}

} // namespace ganlet::tool
