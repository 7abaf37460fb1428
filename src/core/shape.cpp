#include "core/shape.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "core/checked.h"
#include "core/text.h"

namespace ganlet {

Shape::Shape(std::span<const std::int64_t> sizes) {
  const Limits no_limit{.tensor_elements = std::numeric_limits<std::int64_t>::max()};
  const auto made = make(sizes, no_limit, "shape");
  assert(made);
  *this = *made;
}

Result<Shape> Shape::make(std::span<const std::int64_t> sizes, const Limits& limits, std::string_view place) {
  if (sizes.size() > max_rank)
    return fail(ErrorCode::limit_exceeded, std::string(place),
                concat("rank ", sizes.size(), " is above the limit of ", max_rank));
  Shape shape;
  std::int64_t without_zeros = 1; // (0, 2^40, 2^40) has no elements, but products of its other sizes would overflow
  shape.rank_ = static_cast<int>(sizes.size());
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    if (sizes[axis] < 0)
      return fail(ErrorCode::invalid_argument, std::string(place), concat("negative size in ", sizes));
    const auto product = checked_multiply(without_zeros, std::max<std::int64_t>(sizes[axis], 1));
    if (!product || *product > limits.tensor_elements)
      return fail(ErrorCode::limit_exceeded, std::string(place),
                  concat("shape ", sizes, " has more than ", limits.tensor_elements, " elements"));
    without_zeros = *product;
    shape.elements_ *= sizes[axis];
    shape.sizes_[axis] = sizes[axis];
  }
  return shape;
}

std::string Shape::text() const {
  std::string out = "(";
  for (int axis = 0; axis < rank_; ++axis)
    out += concat(axis > 0 ? ", " : "", (*this)[axis]);
  return out + (rank_ == 1 ? ",)" : ")");
}

bool Shape::operator==(const Shape& other) const {
  return std::ranges::equal(sizes(), other.sizes());
}

} // namespace ganlet
