#include "generator/onnx_order.h"

#include <cassert>
#include <cstring>
#include <vector>

#include "image/channel_order.h"

namespace ganlet {

namespace {

/// Copies (N,H,W,C) to (N,C,H,W), the shape of `to`.
template <typename T> void put_channels_first(const TensorView& from, Tensor& to) {
  const auto channels = static_cast<std::size_t>(to.shape()[1]);
  const auto each = static_cast<std::size_t>(to.shape().elements() / to.shape()[0]);
  to_channels_first<T>(from.as<const T>(), channels, each / channels, to.as<T>());
}

} // namespace

Tensor onnx_order(const Value& value, const TensorView& view) {
  const int rank = view.shape.rank();
  if (!value.channels_last || rank < 3 || view.shape.elements() == 0) {
    Tensor copy(view.type, view.shape);
    if (view.bytes() > 0)
      std::memcpy(copy.view().data, view.data, view.bytes());
    return copy;
  }
  std::vector<std::int64_t> sizes(view.shape.sizes().begin(), view.shape.sizes().end());
  sizes.insert(sizes.begin() + 1, sizes.back());
  sizes.pop_back();
  Tensor copy(view.type, Shape::make(sizes, {.tensor_elements = view.shape.elements()}, value.name).value());
  switch (view.type) {
  case DataType::float32:
    put_channels_first<float>(view, copy);
    break;
  case DataType::int64:
    put_channels_first<std::int64_t>(view, copy);
    break;
  case DataType::boolean:
    put_channels_first<std::uint8_t>(view, copy);
    break;
  case DataType::int8:
    assert(false && "occurs in quantized weights alone");
  }
  return copy;
}

} // namespace ganlet
