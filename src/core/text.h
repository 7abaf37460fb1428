#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ganlet {

namespace detail {
inline void append_text(std::string& out, std::string_view part) { out += part; }
inline void append_text(std::string& out, char part) { out += part; }
template <std::integral T>
  requires(!std::same_as<T, char>)
void append_text(std::string& out, T part) {
  out += std::to_string(part);
}
void append_text(std::string& out, double part);
void append_text(std::string& out, std::span<const std::int64_t> part);
} // namespace detail

/// The parts one after another: text as it is, numbers in decimal, lists as [1, 2, 3].
/// Stands in for std::format, which costs wasm more bytes than the rest of the library's text together.
template <typename... Parts> std::string concat(const Parts&... parts) {
  std::string out;
  (detail::append_text(out, parts), ...);
  return out;
}

/// Text from a file, fit for one line of a message: control characters become '?', and it is cut at `most` characters.
std::string printable(std::string_view raw, std::size_t most = 80);

} // namespace ganlet
