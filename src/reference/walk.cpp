#include "reference/walk.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace ganlet::reference {

Strides dense_strides(const Shape& shape) {
  Strides strides{};
  std::int64_t stride = 1;
  for (int axis = shape.rank(); axis-- > 0;) {
    strides[static_cast<std::size_t>(axis)] = stride;
    stride *= shape[axis];
  }
  return strides;
}

Strides broadcast_strides(const Shape& from, const Shape& to) {
  assert(from.rank() <= to.rank());
  const Strides dense = dense_strides(from);
  const int lifted = to.rank() - from.rank();
  Strides strides{};
  for (int axis = 0; axis < from.rank(); ++axis) {
    assert(from[axis] == 1 || from[axis] == to[axis + lifted]);
    if (from[axis] != 1)
      strides[static_cast<std::size_t>(axis + lifted)] = dense[static_cast<std::size_t>(axis)];
  }
  return strides;
}

void Walk::next() {
  ++index_;
  for (int axis = shape_.rank(); axis-- > 0;) {
    std::int64_t& at = at_[static_cast<std::size_t>(axis)];
    if (++at < shape_[axis])
      return;
    at = 0;
  }
}

std::int64_t Walk::offset(const Strides& strides) const {
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(shape_.rank()); ++axis)
    offset += at_[axis] * strides[axis];
  return offset;
}

Copier::Copier(const TensorView& from, const TensorView& to)
    : from_(static_cast<const std::byte*>(from.data)), to_(static_cast<std::byte*>(to.data)),
      width_(static_cast<std::int64_t>(bytes_of(to.type))) {
  assert(from.type == to.type);
}

void Copier::copy(std::int64_t from_index, std::int64_t to_index, std::int64_t count) const {
  if (count > 0)
    std::memcpy(to_ + to_index * width_, from_ + from_index * width_, static_cast<std::size_t>(count * width_));
}

bool Copier::copy(std::int64_t from_index, std::int64_t to_index, std::int64_t count, Work& work) const {
  constexpr std::int64_t at_once = 1 << 20;
  for (std::int64_t done = 0; done < count; done += at_once) {
    const std::int64_t now = std::min(at_once, count - done);
    if (!work.turn(now))
      return false;
    copy(from_index + done, to_index + done, now);
  }
  return true;
}

Result<void> copy_strided(const TensorView& input, std::int64_t start, const Strides& strides, const TensorView& output,
                          Work& work) {
  const Copier copier(input, output);
  for (Walk at(output.shape, work); at.inside(); at.next())
    copier.copy(start + at.offset(strides), at.index());
  return work.result();
}

std::int64_t elements_between(const Shape& shape, int first, int last) {
  std::int64_t elements = 1;
  for (int axis = first; axis < last; ++axis)
    elements *= shape[axis];
  return elements;
}

} // namespace ganlet::reference
