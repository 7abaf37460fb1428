#pragma once

#include <array>

#include "core/tensor.h"
#include "reference/work.h"

namespace ganlet::reference {

/// How far apart neighbours along each axis lie, in elements.
using Strides = std::array<std::int64_t, Shape::max_rank>;

/// Of a dense tensor.
Strides dense_strides(const Shape& shape);

/// Of `from` as `to`'s axes see it by the rules of broadcasting: aligned at the last axis, 0 where it is repeated.
Strides broadcast_strides(const Shape& from, const Shape& to);

/// Visits the places of a shape in row-major order: for (Walk at(shape); at.inside(); at.next()).
class Walk {
 public:
  explicit Walk(const Shape& shape) : shape_(shape) {}
  /// Each place is a turn of `work`, which may end the walk early.
  Walk(const Shape& shape, Work& work) : shape_(shape), work_(&work) { work.split(shape.elements()); }

  bool inside() { return index_ < shape_.elements() && (!work_ || work_->turn()); }
  void next();
  /// How many places came before this one.
  std::int64_t index() const { return index_; }
  std::int64_t operator[](int axis) const { return at_[static_cast<std::size_t>(axis)]; }
  /// Of this place in a tensor with these strides.
  std::int64_t offset(const Strides& strides) const;

 private:
  Shape shape_;
  std::array<std::int64_t, Shape::max_rank> at_{};
  std::int64_t index_ = 0;
  Work* work_ = nullptr;
};

/// Copies elements of any type between tensors of one type, by their positions.
class Copier {
 public:
  Copier(const TensorView& from, const TensorView& to);
  void copy(std::int64_t from_index, std::int64_t to_index, std::int64_t count = 1) const;
  /// A turn of `work` for each element. False where it has to stop.
  bool copy(std::int64_t from_index, std::int64_t to_index, std::int64_t count, Work& work) const;

 private:
  const std::byte* from_;
  std::byte* to_;
  std::int64_t width_;
};

/// output[place] = input[start + offset of the place by `strides`].
Result<void> copy_strided(const TensorView& input, std::int64_t start, const Strides& strides, const TensorView& output,
                          Work& work);

/// The product of the sizes of axes first, ..., last - 1.
std::int64_t elements_between(const Shape& shape, int first, int last);

} // namespace ganlet::reference
