#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

/// An input of several files, split at marks: for the harness of models a request, a model.json and the model's parts
/// in its order.
namespace ganlet::fuzz {

inline constexpr std::string_view mark = "\n====\n";

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline std::vector<std::span<const std::byte>> split(std::span<const std::byte> bytes) {
  std::vector<std::span<const std::byte>> sections;
  while (true) {
    const auto end = std::ranges::search(bytes, bytes_of(mark));
    sections.push_back(bytes.first(static_cast<std::size_t>(end.begin() - bytes.begin())));
    if (end.empty())
      return sections;
    bytes = bytes.subspan(sections.back().size() + mark.size());
  }
}

inline std::vector<std::byte> joined(std::span<const std::span<const std::byte>> sections) {
  std::vector<std::byte> out;
  for (const auto& section : sections) {
    if (section.data() != sections.front().data())
      out.insert(out.end(), bytes_of(mark).begin(), bytes_of(mark).end());
    out.insert(out.end(), section.begin(), section.end());
  }
  return out;
}

} // namespace ganlet::fuzz
