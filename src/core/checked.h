#pragma once

#include <cstdint>
#include <optional>

namespace ganlet {

/// a * b and a + b in 64 bits, or nothing where they overflow. Sizes are computed with these and compared with `Limits`
/// before they narrow: wasm32's size_t has 32 bits.
inline std::optional<std::int64_t> checked_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product))
    return std::nullopt;
  return product;
}

inline std::optional<std::int64_t> checked_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum))
    return std::nullopt;
  return sum;
}

} // namespace ganlet
