#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "core/error.h"
#include "core/limits.h"

namespace ganlet {

/// The sizes of a tensor's axes: at most 6, none negative, their product within `Limits::tensor_elements`. If a size is
/// 0, the product of the others must be within that limit too.
class Shape {
 public:
  static constexpr int max_rank = 6;

  Shape() = default; ///< rank 0: one element
  /// For sizes known to be valid, such as a permutation of another shape's: asserts the rank, the signs and that the
  /// product doesn't overflow.
  explicit Shape(std::span<const std::int64_t> sizes);
  Shape(std::initializer_list<std::int64_t> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}

  /// Checks the rank, the signs and the product. Errors: invalid_argument, limit_exceeded; both name `place`.
  static Result<Shape> make(std::span<const std::int64_t> sizes, const Limits& limits, std::string_view place);

  int rank() const { return rank_; }
  std::int64_t operator[](int axis) const { return sizes_[static_cast<std::size_t>(axis)]; }
  std::span<const std::int64_t> sizes() const { return {sizes_.data(), static_cast<std::size_t>(rank_)}; }
  std::int64_t elements() const { return elements_; }
  /// "(8, 28, 28, 1)"
  std::string text() const;

  bool operator==(const Shape& other) const;

 private:
  std::array<std::int64_t, max_rank> sizes_{};
  int rank_ = 0;
  std::int64_t elements_ = 1;
};

} // namespace ganlet
