#include "generator/onnx_order.h"

#include <cstring>
#include <vector>

namespace ganlet {

Tensor onnx_order(const Value& value, const TensorView& view) {
  const std::size_t element = bytes_of(view.type);
  const int rank = view.shape.rank();
  const auto* from = static_cast<const std::byte*>(view.data);
  if (!value.channels_last || rank < 3 || view.shape.elements() == 0) {
    Tensor copy(view.type, view.shape);
    if (view.bytes() > 0)
      std::memcpy(copy.view().data, from, view.bytes());
    return copy;
  }
  std::vector<std::int64_t> sizes(view.shape.sizes().begin(), view.shape.sizes().end());
  sizes.insert(sizes.begin() + 1, sizes.back());
  sizes.pop_back();
  Tensor copy(view.type, Shape::make(sizes, {.tensor_elements = view.shape.elements()}, value.name).value());
  auto* to = static_cast<std::byte*>(copy.view().data);
  const auto images = static_cast<std::size_t>(sizes[0]);
  const auto channels = static_cast<std::size_t>(sizes[1]);
  const std::size_t area = view.bytes() / element / images / channels;
  for (std::size_t image = 0; image < images; ++image, from += area * channels * element)
    for (std::size_t channel = 0; channel < channels; ++channel)
      for (std::size_t pixel = 0; pixel < area; ++pixel, to += element)
        std::memcpy(to, from + (pixel * channels + channel) * element, element);
  return copy;
}

} // namespace ganlet
