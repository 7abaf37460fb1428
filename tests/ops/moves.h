#pragma once

#include "op_test.h"

namespace ganlet::testing {

/// For operations that only move elements: the element of `from` at an offset as one number, of any type.
inline double element(const Tensor& from, std::int64_t offset) {
  const auto at = static_cast<std::size_t>(offset);
  if (from.type() == DataType::float32)
    return from.as<float>()[at];
  return from.type() == DataType::int64 ? static_cast<double>(from.as<std::int64_t>()[at])
                                        : from.as<std::uint8_t>()[at];
}

/// Checks each element of `result` against what `wanted` says for its place.
inline void expect_elements(const Tensor& result,
                            const std::function<double(std::span<const std::int64_t> place)>& wanted) {
  std::int64_t at = 0;
  for_each_place(result.shape(), [&](auto place) {
    ASSERT_EQ(element(result, at), wanted(place)) << "element " << at;
    ++at;
  });
}

inline std::int64_t offset_at(const Shape& shape, std::span<const std::int64_t> place) {
  std::int64_t offset = 0;
  for (int axis = 0; axis < shape.rank(); ++axis)
    offset = offset * shape[axis] + place[static_cast<std::size_t>(axis)];
  return offset;
}

} // namespace ganlet::testing
