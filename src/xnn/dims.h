#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "core/shape.h"

namespace ganlet::xnn {

/// A shape in XNNPACK's form: at most 6 sizes.
struct Dims {
  Dims() = default;
  explicit Dims(const Shape& shape) : Dims(shape.sizes()) {}
  explicit Dims(std::span<const std::int64_t> values) : count(values.size()) {
    for (std::size_t axis = 0; axis < count; ++axis)
      sizes[axis] = static_cast<std::size_t>(values[axis]);
  }

  const std::size_t* data() const { return sizes.data(); }

  std::array<std::size_t, Shape::max_rank> sizes{};
  std::size_t count = 0;
};

/// The product of the sizes of axes [begin, end).
inline std::int64_t product(const Shape& shape, int begin, int end) {
  std::int64_t elements = 1;
  for (int axis = begin; axis < end; ++axis)
    elements *= shape[axis];
  return elements;
}

} // namespace ganlet::xnn
