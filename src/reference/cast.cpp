#include <algorithm>
#include <bit>
#include <cmath>

#include "core/checked.h"
#include "reference/loops.h"

namespace ganlet::reference {

namespace {

std::int64_t integer_of(float value) {
  return truncated(static_cast<double>(value));
}
std::int64_t integer_of(std::int64_t value) {
  return value;
}
std::int64_t integer_of(std::uint8_t value) {
  return value != 0;
}

/// The low bits, as a number of the narrower type.
std::int64_t narrowed(op::Narrow narrow, std::int64_t value) {
  switch (narrow) {
  case op::Narrow::int8:
    return static_cast<std::int8_t>(value);
  case op::Narrow::int16:
    return static_cast<std::int16_t>(value);
  case op::Narrow::int32:
    return static_cast<std::int32_t>(value);
  case op::Narrow::uint8:
    return static_cast<std::uint8_t>(value);
  case op::Narrow::uint16:
    return static_cast<std::uint16_t>(value);
  case op::Narrow::uint32:
    return static_cast<std::uint32_t>(value);
  case op::Narrow::none:
  case op::Narrow::bfloat16:
  case op::Narrow::float16:
    break;
  }
  return value;
}

/// The nearest multiple of `step`, a power of 2 below 2^23 times |value|; ties go to even. Adding and subtracting 1.5 *
/// 2^52 steps leaves no room for smaller digits in a double.
float rounded_to(float value, double step) {
  const double lift = 0x1.8p52 * step;
  return static_cast<float>(static_cast<double>(value) + lift - lift);
}

/// IEEE 754's binary16: 11 significant bits, the largest value 65504, the smallest step 2^-24.
float as_float16(float value) {
  if (!std::isfinite(value) || value == 0)
    return value;
  const float rounded = rounded_to(value, std::ldexp(1.0, std::max(std::ilogb(value), -14) - 10));
  return std::fabs(rounded) < 65536 ? rounded : std::copysign(HUGE_VALF, value);
}

/// The upper half of a float32, rounded.
float as_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (value != value)
    return value;
  return std::bit_cast<float>((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000);
}

float narrowed(op::Narrow narrow, float value) {
  return narrow == op::Narrow::float16    ? as_float16(value)
         : narrow == op::Narrow::bfloat16 ? as_bfloat16(value)
                                          : value;
}

template <typename From> void convert(op::Narrow narrow, std::span<From> from, const TensorView& output, Work& work) {
  work.split(output.shape.elements());
  for (std::size_t i = 0; i < from.size() && work.turn(); ++i) {
    if (output.type == DataType::float32)
      output.as<float>()[i] = narrowed(narrow, static_cast<float>(from[i]));
    else if (output.type == DataType::int64)
      output.as<std::int64_t>()[i] = narrowed(narrow, integer_of(from[i]));
    else
      output.as<std::uint8_t>()[i] = from[i] != 0;
  }
}

} // namespace

Result<void> run(const op::Cast& operation, Inputs inputs, const TensorView& output, Work& work) {
  if (inputs[0].type == DataType::float32)
    convert(operation.narrow, inputs[0].as<float>(), output, work);
  else if (inputs[0].type == DataType::int64)
    convert(operation.narrow, inputs[0].as<std::int64_t>(), output, work);
  else
    convert(operation.narrow, inputs[0].as<std::uint8_t>(), output, work);
  return work.result();
}

} // namespace ganlet::reference
