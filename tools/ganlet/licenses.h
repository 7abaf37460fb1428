#pragma once

#include <cstddef>
#include <string_view>

namespace ganlet::tool {

extern const unsigned char third_party[];
extern const std::size_t third_party_size;

/// THIRD-PARTY.txt: the licences of the code that is compiled into ganlet.
inline std::string_view licenses() {
  return {reinterpret_cast<const char*>(third_party), third_party_size};
}

/// Its introduction and first part: the licences of the engine for pages.
inline std::string_view engine_licenses() {
  return licenses().substr(
      0, licenses().find("\n================================================================================\n2: "));
}

} // namespace ganlet::tool
