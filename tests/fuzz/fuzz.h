#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "core/error.h"
#include "core/limits.h"

/// What the harnesses share. Each defines `try_bytes`, which libFuzzer calls through fuzz.cpp.
namespace ganlet::fuzz {

/// Whatever the bytes, this returns, with what must hold of them checked.
void try_bytes(std::span<const std::byte> bytes);

/// Small enough for hundreds of runs a second; every limit can be met.
inline constexpr Limits limits{.file_bytes = 1 << 16,
                               .nodes = 64,
                               .tensor_elements = 1 << 16,
                               .working_bytes = 1 << 22,
                               .load_units = 1 << 24,
                               .run_units = 1 << 24,
                               .batch = 4};

/// Ends the program, which libFuzzer takes for a crash, where something doesn't hold.
void require(bool holds, const char* what);
void require_explained(const Error& error);

/// Whether it is a value; an error has to be explained.
template <typename T> bool succeeded(const Result<T>& result) {
  if (!result)
    require_explained(result.error());
  return result.has_value();
}

inline std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace ganlet::fuzz
