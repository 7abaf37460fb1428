#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/shape.h"

namespace ganlet {

/// The types that ganlet computes with. Files may hold more (float16, double, int32, ...); these are converted on
/// reading. int8 occurs only in quantized weights.
enum class DataType : std::uint8_t { float32, int64, boolean, int8 };

std::size_t bytes_of(DataType type);
std::string_view name_of(DataType type);

template <typename T> constexpr DataType data_type_of();
template <> constexpr DataType data_type_of<float>() {
  return DataType::float32;
}
template <> constexpr DataType data_type_of<std::int64_t>() {
  return DataType::int64;
}
template <> constexpr DataType data_type_of<std::uint8_t>() {
  return DataType::boolean;
}
template <> constexpr DataType data_type_of<std::int8_t>() {
  return DataType::int8;
}

/// A view of elements owned elsewhere, row-major and dense; valid as long as their owner. `scale` has one factor per
/// output channel (axis 0) of quantized weights, and is empty otherwise: value = int8 * scale[channel].
struct TensorView {
  DataType type = DataType::float32;
  Shape shape;
  void* data = nullptr;
  std::span<const float> scale;

  std::size_t bytes() const { return static_cast<std::size_t>(shape.elements()) * bytes_of(type); }
  /// The elements as T, which must be the view's type (asserted).
  template <typename T> std::span<T> as() const {
    check_type(data_type_of<std::remove_const_t<T>>());
    return {static_cast<T*>(data), static_cast<std::size_t>(shape.elements())};
  }

 private:
  void check_type(DataType wanted) const;
};

/// Owns its elements. Cheap to move; `clone` copies. The buffer has `slack` readable bytes after the last element,
/// because XNNPACK's kernels may read (never write) past the end.
class Tensor {
 public:
  static constexpr std::size_t slack = 128;

  Tensor() = default;
  /// Elements are zero.
  Tensor(DataType type, const Shape& shape);
  /// A copy of `values`, whose count must be the shape's (asserted).
  template <typename T> static Tensor of(const Shape& shape, std::span<const T> values);
  template <typename T> static Tensor of(const Shape& shape, std::initializer_list<T> values) {
    return of<T>(shape, std::span<const T>(values.begin(), values.size()));
  }

  DataType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  std::size_t bytes() const { return static_cast<std::size_t>(shape_.elements()) * bytes_of(type_); }
  /// The elements as T, which must be the tensor's type (asserted).
  template <typename T> std::span<T> as() { return view().as<T>(); }
  template <typename T> std::span<const T> as() const { return view().as<const T>(); }

  /// One factor per output channel (axis 0), for int8 only; see `TensorView::scale`.
  std::vector<float> scale;

  /// The view is mutable even for a constant tensor; backends never write through a view of a constant.
  TensorView view() const { return {type_, shape_, data_.get(), scale}; }
  Tensor clone() const;
  /// Frees the elements and the scale but keeps type and shape, for weights that a backend has packed.
  void drop_elements();
  bool has_elements() const { return data_ != nullptr; }
  /// The same elements under another shape with as many elements (asserted).
  Tensor reshaped(const Shape& shape) &&;

 private:
  DataType type_ = DataType::float32;
  Shape shape_;
  std::unique_ptr<std::byte[]> data_;
};

template <typename T> Tensor Tensor::of(const Shape& shape, std::span<const T> values) {
  Tensor tensor(data_type_of<T>(), shape);
  const std::span<T> to = tensor.as<T>();
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] = values[i];
  return tensor;
}

} // namespace ganlet
