#include "core/base64.h"

namespace ganlet {

namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The digits for 62 and 63, the only ones in which the two forms differ.
std::string_view last_digits(Base64 form) {
  return form == Base64::padded ? "+/" : "-_";
}

char digit_of(unsigned six, Base64 form) {
  return six < letters.size() ? letters[six] : last_digits(form)[six - letters.size()];
}

std::optional<unsigned> value_of(char digit, Base64 form) {
  if (const std::size_t at = letters.find(digit); at != letters.npos)
    return static_cast<unsigned>(at);
  if (const std::size_t at = last_digits(form).find(digit); at != letters.npos)
    return static_cast<unsigned>(letters.size() + at);
  return std::nullopt;
}

/// The text without its padding; empty if the padding doesn't complete the last four digits.
std::optional<std::string_view> without_padding(std::string_view text) {
  const std::size_t digits = text.find_last_not_of('=') + 1;
  if (text.size() % 4 != 0 || text.size() - digits > 2)
    return std::nullopt;
  return text.substr(0, digits);
}

} // namespace

std::string to_base64(std::span<const std::byte> bytes, Base64 form) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  unsigned bits = 0;
  int waiting = 0;
  for (const std::byte byte : bytes) {
    bits = bits << 8 | static_cast<unsigned>(byte);
    for (waiting += 8; waiting >= 6; waiting -= 6)
      text += digit_of(bits >> (waiting - 6) & 63, form);
  }
  if (waiting > 0)
    text += digit_of(bits << (6 - waiting) & 63, form);
  while (form == Base64::padded && text.size() % 4 != 0)
    text += '=';
  return text;
}

std::optional<std::vector<std::byte>> from_base64(std::string_view text, Base64 form) {
  std::string joined;
  if (form == Base64::padded) {
    for (const char c : text)
      if (c != '\n' && c != '\r')
        joined += c;
    const auto digits = without_padding(joined);
    if (!digits)
      return std::nullopt;
    text = *digits;
  }
  if (text.size() % 4 == 1)
    return std::nullopt;
  std::vector<std::byte> bytes;
  unsigned bits = 0;
  int waiting = 0;
  for (const char c : text) {
    const std::optional<unsigned> six = value_of(c, form);
    if (!six)
      return std::nullopt;
    bits = bits << 6 | *six;
    waiting += 6;
    if (waiting >= 8) {
      waiting -= 8;
      bytes.push_back(static_cast<std::byte>(bits >> waiting & 255));
    }
  }
  return bytes;
}

} // namespace ganlet
