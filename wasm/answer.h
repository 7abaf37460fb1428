#pragma once

#include <cstddef>
#include <span>

#include "core/error.h"
#include "json_writer.h"

/// What all functions of the C ABI share: text that lasts until the next call, the last error, and memory.
namespace ganlet::c {

/// Returns the text to the caller.
const char* answer_with(const JsonWriter& json);

/// Stores an error for `ganlet_error`.
void remember(const Error& error);

/// Stores an error for `ganlet_error`, and returns `value`, which signals failure.
template <typename T> T failed(const Error& error, T value = {}) {
  remember(error);
  return value;
}

inline std::span<const std::byte> bytes_at(const void* data, std::size_t size) {
  return {static_cast<const std::byte*>(data), size};
}

} // namespace ganlet::c
