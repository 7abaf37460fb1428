#pragma once

#include <string_view>

namespace ganlet {

/// A sentence for manuals and command lines. It is empty in WebAssembly, so that pages needn't download it.
consteval std::string_view help([[maybe_unused]] std::string_view sentence) {
#ifdef __wasm__
  return {};
#else
  return sentence;
#endif
}

} // namespace ganlet
