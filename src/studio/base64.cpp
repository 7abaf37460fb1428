#include "studio/base64.h"

namespace ganlet::studio {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

} // namespace

std::string to_base64url(std::span<const std::byte> bytes) {
  std::string text;
  unsigned bits = 0;
  int waiting = 0;
  for (const std::byte byte : bytes) {
    bits = bits << 8 | static_cast<unsigned>(byte);
    for (waiting += 8; waiting >= 6; waiting -= 6)
      text += alphabet[bits >> (waiting - 6) & 63];
  }
  if (waiting > 0)
    text += alphabet[bits << (6 - waiting) & 63];
  return text;
}

std::optional<std::vector<std::byte>> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1)
    return std::nullopt;
  std::vector<std::byte> bytes;
  unsigned bits = 0;
  int waiting = 0;
  for (const char c : text) {
    const std::size_t six = alphabet.find(c);
    if (six == alphabet.npos)
      return std::nullopt;
    bits = bits << 6 | static_cast<unsigned>(six);
    waiting += 6;
    if (waiting >= 8) {
      waiting -= 8;
      bytes.push_back(static_cast<std::byte>(bits >> waiting & 255));
    }
  }
  return bytes;
}

} // namespace ganlet::studio
