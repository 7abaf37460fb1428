#include <cassert>
#include <cmath>
#include <limits>

#include "core/checked.h"
#include "graph/onnx_ops.h"
#include "reference/elementary.h"
#include "reference/loops.h"
#include "reference/walk.h"

namespace ganlet::reference {

namespace {

/// Set on integer division by zero, which has no in-band result.
struct Failure {
  bool divided_by_zero = false;
};

float combine(op::BinaryKind kind, float a, float b, Failure&) {
  switch (kind) {
  case op::BinaryKind::add:
    return a + b;
  case op::BinaryKind::divide:
    return a / b;
  case op::BinaryKind::maximum: // NaN wins, on either side
    return a > b || a != a ? a : b;
  case op::BinaryKind::minimum:
    return a < b || a != a ? a : b;
  case op::BinaryKind::modulo: // exact in any library (C 2018, F.10.7.1)
    return std::fmod(a, b);
  case op::BinaryKind::multiply:
    return a * b;
  case op::BinaryKind::power:
    return static_cast<float>(power(static_cast<double>(a), static_cast<double>(b)));
  case op::BinaryKind::prelu:
    return a >= 0 ? a : a * b;
  case op::BinaryKind::subtract:
    return a - b;
  default: // comparisons, and those of bits
    break;
  }
  return 0;
}

/// Wraps around on overflow, as numpy's power does.
std::int64_t integer_power(std::uint64_t base, std::uint64_t exponent) {
  std::uint64_t result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1)
      result *= base;
    base *= base;
  }
  return static_cast<std::int64_t>(result);
}

std::int64_t combine_bits(op::BinaryKind kind, std::uint64_t x, std::uint64_t y) {
  switch (kind) {
  case op::BinaryKind::bit_and:
    return static_cast<std::int64_t>(x & y);
  case op::BinaryKind::bit_or:
    return static_cast<std::int64_t>(x | y);
  case op::BinaryKind::bit_xor:
    return static_cast<std::int64_t>(x ^ y);
  case op::BinaryKind::shift_left:
    return y < 64 ? static_cast<std::int64_t>(x << y) : 0;
  case op::BinaryKind::shift_right:
    return y < 64 ? static_cast<std::int64_t>(x >> y) : 0;
  default: // the others aren't of bits
    return 0;
  }
}

/// Sums and products that overflow wrap around.
std::int64_t combine(op::BinaryKind kind, std::int64_t a, std::int64_t b, Failure& failure) {
  const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
  switch (kind) {
  case op::BinaryKind::add:
    return static_cast<std::int64_t>(x + y);
  case op::BinaryKind::divide:
    failure.divided_by_zero |= b == 0;
    return wrapping_divide(a, b).value_or(0);
  case op::BinaryKind::modulo:
    failure.divided_by_zero |= b == 0;
    return floored_remainder(a, b).value_or(0);
  case op::BinaryKind::maximum:
    return a > b ? a : b;
  case op::BinaryKind::minimum:
    return a < b ? a : b;
  case op::BinaryKind::multiply:
    return static_cast<std::int64_t>(x * y);
  case op::BinaryKind::power:
    if (b >= 0)
      return integer_power(x, y);
    failure.divided_by_zero |= a == 0;
    // 1 / a^|b|, truncated.
    return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
  case op::BinaryKind::prelu:
    return a >= 0 ? a : static_cast<std::int64_t>(x * y);
  case op::BinaryKind::subtract:
    return static_cast<std::int64_t>(x - y);
  default:
    break;
  }
  return has_rare_parts() ? combine_bits(kind, x, y) : 0;
}

template <typename T> Result<void> compare(op::BinaryKind kind, Inputs inputs, const TensorView& output, Work& work) {
  const Strides a_strides = broadcast_strides(inputs[0].shape, output.shape);
  const Strides b_strides = broadcast_strides(inputs[1].shape, output.shape);
  const T* a = inputs[0].as<T>().data();
  const T* b = inputs[1].as<T>().data();
  std::uint8_t* to = output.as<std::uint8_t>().data();
  for (Walk at(output.shape, work); at.inside(); at.next()) {
    const T x = a[at.offset(a_strides)], y = b[at.offset(b_strides)];
    *to++ = kind == op::BinaryKind::equal ? x == y : kind == op::BinaryKind::less ? x < y : x <= y;
  }
  return work.result();
}

template <typename T>
Result<void> combine_all(op::BinaryKind kind, Inputs inputs, const TensorView& output, Work& work) {
  const Strides a_strides = broadcast_strides(inputs[0].shape, output.shape);
  const Strides b_strides = broadcast_strides(inputs[1].shape, output.shape);
  const T* a = inputs[0].as<T>().data();
  const T* b = inputs[1].as<T>().data();
  T* to = output.as<T>().data();
  Failure failure;
  for (Walk at(output.shape, work); at.inside(); at.next())
    *to++ = combine(kind, a[at.offset(a_strides)], b[at.offset(b_strides)], failure);
  if (failure.divided_by_zero)
    return fail(ErrorCode::invalid_argument, "", "an integer is divided by 0");
  return work.result();
}

} // namespace

Result<void> run(const op::Binary& operation, Inputs inputs, const TensorView& output, Work& work) {
  assert(inputs[0].type == inputs[1].type);
  const DataType type = inputs[0].type;
  if (!op::compares(operation.kind))
    return type == DataType::float32 ? combine_all<float>(operation.kind, inputs, output, work)
                                     : combine_all<std::int64_t>(operation.kind, inputs, output, work);
  if (type == DataType::float32)
    return compare<float>(operation.kind, inputs, output, work);
  return type == DataType::int64 ? compare<std::int64_t>(operation.kind, inputs, output, work)
                                 : compare<std::uint8_t>(operation.kind, inputs, output, work);
}

} // namespace ganlet::reference
