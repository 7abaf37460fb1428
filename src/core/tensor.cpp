#include "core/tensor.h"

#include <cassert>
#include <cstring>

namespace ganlet {

std::size_t bytes_of(DataType type) {
  switch (type) {
  case DataType::float32:
    return 4;
  case DataType::int64:
    return 8;
  case DataType::boolean:
  case DataType::int8:
    return 1;
  }
  return 0;
}

std::string_view name_of(DataType type) {
  switch (type) {
  case DataType::float32:
    return "float32";
  case DataType::int64:
    return "int64";
  case DataType::boolean:
    return "bool";
  case DataType::int8:
    return "int8";
  }
  return "unknown";
}

void TensorView::check_type([[maybe_unused]] DataType wanted) const {
  assert(type == wanted);
}

Tensor::Tensor(DataType type, const Shape& shape)
    : type_(type), shape_(shape), data_(std::make_unique<std::byte[]>(bytes() + slack)) {}

Tensor Tensor::clone() const {
  Tensor copy(type_, shape_);
  copy.scale = scale;
  if (data_)
    std::memcpy(copy.data_.get(), data_.get(), bytes());
  return copy;
}

void Tensor::drop_elements() {
  data_.reset();
  scale = {};
}

Tensor Tensor::reshaped(const Shape& shape) && {
  assert(shape.elements() == shape_.elements());
  shape_ = shape;
  return std::move(*this);
}

} // namespace ganlet
