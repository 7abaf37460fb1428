#pragma once

#include <array>

#include "core/tensor.h"
#include "reference/work.h"

namespace ganlet::reference {

/// The distance between neighbours along each axis, in elements.
using Strides = std::array<std::int64_t, Shape::max_rank>;

/// The strides of a dense, row-major tensor.
Strides dense_strides(const Shape& shape);

/// The strides of `from` over `to`'s axes by the rules of broadcasting: axes are aligned at the last one, and repeated
/// ones have stride 0.
Strides broadcast_strides(const Shape& from, const Shape& to);

/// Visits the positions of a shape in row-major order: for (Walk at(shape); at.inside(); at.next()).
class Walk {
 public:
  explicit Walk(const Shape& shape) : shape_(shape) {}
  /// Each position is a turn of `work`, which may end the walk early.
  Walk(const Shape& shape, Work& work) : shape_(shape), work_(&work) { work.split(shape.elements()); }

  bool inside() { return index_ < shape_.elements() && (!work_ || work_->turn()); }
  void next();
  /// The number of positions before this one.
  std::int64_t index() const { return index_; }
  std::int64_t operator[](int axis) const { return at_[static_cast<std::size_t>(axis)]; }
  /// The offset of this position in a tensor with these strides.
  std::int64_t offset(const Strides& strides) const;

 private:
  Shape shape_;
  std::array<std::int64_t, Shape::max_rank> at_{};
  std::int64_t index_ = 0;
  Work* work_ = nullptr;
};

/// Copies elements between tensors of the same type, whichever it is, by their indices.
class Copier {
 public:
  Copier(const TensorView& from, const TensorView& to);
  void copy(std::int64_t from_index, std::int64_t to_index, std::int64_t count = 1) const;
  /// Copies with one turn of `work` per element. False if it had to stop.
  bool copy(std::int64_t from_index, std::int64_t to_index, std::int64_t count, Work& work) const;

 private:
  const std::byte* from_;
  std::byte* to_;
  std::int64_t width_;
};

/// output[position] = input[start + the position's offset with `strides`].
Result<void> copy_strided(const TensorView& input, std::int64_t start, const Strides& strides, const TensorView& output,
                          Work& work);

/// The product of the sizes of axes first, ..., last - 1.
std::int64_t elements_between(const Shape& shape, int first, int last);

} // namespace ganlet::reference
