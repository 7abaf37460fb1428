#include "core/text.h"

#include <cstdio>

namespace ganlet {

namespace detail {
void append_text(std::string& out, double part) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.6g", part);
  out += digits;
}

void append_text(std::string& out, std::span<const std::int64_t> part) {
  out += '[';
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (i > 0)
      out += ", ";
    out += std::to_string(part[i]);
  }
  out += ']';
}
} // namespace detail

std::string printable(std::string_view raw, std::size_t most) {
  std::string out;
  for (char c : raw.substr(0, most))
    out += (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) ? '?' : c;
  if (raw.size() > most)
    out += "...";
  return out;
}

} // namespace ganlet
