#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>

namespace ganlet {

/// a * b and a + b in 64 bits; empty if they overflow. Sizes are computed with these and compared with `Limits` before
/// they are narrowed: on wasm32, size_t has 32 bits.
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

/// The product of factors, none of them negative, or the largest int64 if it overflows.
inline std::int64_t product_or_most(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors)
    product = checked_multiply(product, factor).value_or(std::numeric_limits<std::int64_t>::max());
  return product;
}

/// a / b rounded towards 0, as in ONNX's Div; empty if b is 0. The smallest integer divided by -1, on which the
/// processor would trap, wraps around to itself.
inline std::optional<std::int64_t> wrapping_divide(std::int64_t a, std::int64_t b) {
  if (b == 0)
    return std::nullopt;
  return b == -1 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(a)) : a / b;
}

/// The remainder with the sign of b, as in ONNX's Mod; empty if b is 0.
inline std::optional<std::int64_t> floored_remainder(std::int64_t a, std::int64_t b) {
  if (b == 0)
    return std::nullopt;
  const std::int64_t rest = b == -1 ? 0 : a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/// Rounded towards 0 and clamped to int64's range; 0 for NaN (like wasm's saturating conversion).
inline std::int64_t truncated(double x) {
  constexpr double end = 9223372036854775808.0;
  if (x != x)
    return 0;
  if (x >= end)
    return std::numeric_limits<std::int64_t>::max();
  return x < -end ? std::numeric_limits<std::int64_t>::min() : static_cast<std::int64_t>(x);
}

} // namespace ganlet
