#include "css_color.h"

#include <algorithm>
#include <string>
#include <utility>

namespace ganlet::tool {

namespace {

constexpr std::pair<std::string_view, std::uint32_t> names[] = {
    {"aqua", 0x00FFFFFF},   {"black", 0x000000FF},  {"blue", 0x0000FFFF},  {"fuchsia", 0xFF00FFFF},
    {"gray", 0x808080FF},   {"green", 0x008000FF},  {"grey", 0x808080FF},  {"lime", 0x00FF00FF},
    {"maroon", 0x800000FF}, {"navy", 0x000080FF},   {"olive", 0x808000FF}, {"purple", 0x800080FF},
    {"red", 0xFF0000FF},    {"silver", 0xC0C0C0FF}, {"teal", 0x008080FF},  {"transparent", 0x00000000},
    {"white", 0xFFFFFFFF},  {"yellow", 0xFFFF00FF},
};

std::optional<std::uint32_t> of_digits(std::string_view text) {
  std::string digits;
  for (const char c : text)
    digits += std::string(text.size() < 6 ? 2 : 1, c);
  if (text.size() == 3 || text.size() == 6)
    digits += "ff";
  if (digits.size() != 8 || digits.find_first_not_of("0123456789abcdef") != digits.npos)
    return std::nullopt;
  return static_cast<std::uint32_t>(std::stoul(digits, nullptr, 16));
}

} // namespace

std::optional<CssColor> css_color(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::optional<std::uint32_t> value;
  if (lower.starts_with('#'))
    value = of_digits(std::string_view(lower).substr(1));
  else if (const auto found = std::ranges::find(names, lower, &std::pair<std::string_view, std::uint32_t>::first);
           found != std::end(names))
    value = found->second;
  if (!value)
    return std::nullopt;
  const auto byte = [&](int shift) { return static_cast<std::uint8_t>(*value >> shift & 255); };
  return CssColor{byte(24), byte(16), byte(8), byte(0)};
}

} // namespace ganlet::tool
