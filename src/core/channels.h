#pragma once

#include <cstdint>

namespace ganlet {

/// Whether pictures have so many channels: grey, colour, and colour with opacity.
constexpr bool is_channel_count(std::int64_t count) {
  return count == 1 || count == 3 || count == 4;
}

} // namespace ganlet
