#pragma once

#include <bit>
#include <cstdint>

namespace ganlet::importing {

/// The value of an IEEE 754 binary16, exactly.
inline float float_of_half(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000U} << 16, rest = half & 0x7FFFU;
  if (rest >= 0x7C00) // infinity and NaN
    return std::bit_cast<float>(sign | 0x7F800000U | (rest & 0x3FFU) << 13);
  if (rest >= 0x0400)
    return std::bit_cast<float>(sign | (rest + ((127 - 15) << 10)) << 13);
  const float magnitude = static_cast<float>(rest) * 0x1p-24F; // subnormal
  return sign != 0 ? -magnitude : magnitude;
}

} // namespace ganlet::importing
