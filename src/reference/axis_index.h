#pragma once

#include "core/text.h"
#include "reference/walk.h"

namespace ganlet::reference {

/// Where the positions of `indices` lie in a tensor: at the same position, but along one axis at the index that is
/// there.
class AxisIndex {
 public:
  AxisIndex(const Shape& shape, const TensorView& indices, int axis)
      : strides_(dense_strides(shape)), stride_(strides_[static_cast<std::size_t>(axis)]), size_(shape[axis]),
        indices_(indices.as<const std::int64_t>().data()) {
    strides_[static_cast<std::size_t>(axis)] = 0;
  }

  /// The offset for a position of the walk over `indices`. Errors: invalid_argument for an index outside the axis.
  Result<std::int64_t> offset(const Walk& at) const {
    const std::int64_t given = indices_[at.index()], index = given < 0 ? given + size_ : given;
    if (index < 0 || index >= size_)
      return fail(ErrorCode::invalid_argument, "", concat("index ", given, " is outside an axis of size ", size_));
    return at.offset(strides_) + index * stride_;
  }

 private:
  Strides strides_;
  std::int64_t stride_, size_;
  const std::int64_t* indices_;
};

} // namespace ganlet::reference
