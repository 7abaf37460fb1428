#include "generator/row_buffer.h"

#include "core/channels.h"
#include "core/tensor.h"
#include "graph/onnx_ops.h"
#include "image/channel_order.h"
#include "image/class_map.h"

namespace ganlet {

float* padded(std::vector<float>& buffer) {
  buffer.reserve(buffer.size() + Tensor::slack / sizeof(float));
  return buffer.data();
}

Result<TensorView> row_view(const Graph& graph, std::size_t input, std::int64_t rows, void* data,
                            const Limits& limits) {
  const Value& value = graph.values[graph.inputs[input]];
  GANLET_TRY(const Shape shape, resolve(value.shape, rows, limits, value.name));
  return TensorView{value.type, shape, data, {}};
}

std::span<const float> channels_last(std::span<const float> values, std::int64_t count, const ImageSize& size,
                                     bool is_channels_last, std::vector<float>& scratch) {
  const std::size_t area = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  const auto channels = static_cast<std::size_t>(size.channels);
  values = values.first(static_cast<std::size_t>(count) * area * channels);
  if (is_channels_last || channels == 1)
    return values;
  scratch.resize(values.size());
  to_channels_last(values, channels, area, std::span<float>(scratch));
  return scratch;
}

Image picture_of(std::span<const float> values, const ImageSize& size, ValueRange range) {
  if (has_rare_parts() && !is_channel_count(size.channels))
    return class_map(values, size.width, size.height, size.channels);
  return image_of(values, size.width, size.height, size.channels, range);
}

} // namespace ganlet
