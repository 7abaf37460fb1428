#include "graph/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/text.h"

namespace ganlet {

Tensor permuted(const Tensor& tensor, std::span<const int> permutation) {
  const int rank = tensor.shape().rank();
  std::array<std::int64_t, Shape::max_rank> stride{}, sizes{}, from_stride{};
  std::int64_t elements = 1;
  for (int axis = rank; axis-- > 0;) {
    stride[axis] = elements;
    elements *= tensor.shape()[axis];
  }
  for (int axis = 0; axis < rank; ++axis) {
    sizes[axis] = tensor.shape()[permutation[axis]];
    from_stride[axis] = stride[permutation[axis]];
  }
  Tensor out(tensor.type(), Shape(std::span(sizes.data(), static_cast<std::size_t>(rank))));
  out.scale = tensor.scale;
  const std::size_t width = bytes_of(tensor.type());
  const auto* from = static_cast<const std::byte*>(tensor.view().data);
  auto* to = static_cast<std::byte*>(out.view().data);
  std::array<std::int64_t, Shape::max_rank> at{};
  for (std::int64_t i = 0, offset = 0; i < elements; ++i) {
    std::memcpy(to + i * width, from + offset * width, width);
    for (int axis = rank; axis-- > 0;) {
      offset += from_stride[axis];
      if (++at[axis] < sizes[axis])
        break;
      offset -= from_stride[axis] * sizes[axis];
      at[axis] = 0;
    }
  }
  return out;
}

Tensor dequantized(const Tensor& weights, int axis) {
  std::int64_t inner = 1;
  for (int a = axis + 1; a < weights.shape().rank(); ++a)
    inner *= weights.shape()[a];
  const auto channels = static_cast<std::int64_t>(weights.scale.size());
  Tensor out(DataType::float32, weights.shape());
  const auto from = weights.as<std::int8_t>();
  const auto to = out.as<float>();
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] = static_cast<float>(from[i]) *
            weights.scale[channels == 1 ? 0 : (static_cast<std::int64_t>(i) / inner) % channels];
  return out;
}

namespace {

/// Whether scaling the rows only needs other scales, with int8 values that still fit.
bool scales_take(const Tensor& weights, std::span<const float> factor) {
  const auto values = weights.as<std::int8_t>();
  const std::size_t width = factor.empty() ? 0 : values.size() / factor.size();
  for (std::size_t row = 0; row < factor.size(); ++row)
    if (!std::isfinite(weights.scale[row] * factor[row]) ||
        (factor[row] < 0 && std::ranges::count(values.subspan(row * width, width), std::int8_t{-128}) > 0))
      return false;
  return true;
}

} // namespace

Tensor scaled_rows(const Tensor& weights, std::span<const float> factor) {
  if (weights.type() == DataType::int8 && !scales_take(weights, factor))
    return scaled_rows(dequantized(weights, 0), factor);
  Tensor out = weights.clone();
  const auto rows = static_cast<std::int64_t>(factor.size());
  const std::int64_t width = rows == 0 ? 0 : out.shape().elements() / rows;
  if (out.type() == DataType::float32) {
    const auto values = out.as<float>();
    for (std::int64_t i = 0; i < rows * width; ++i)
      values[i] *= factor[i / width];
    return out;
  }
  // Scales stay positive; the sign goes into the integers.
  const auto values = out.as<std::int8_t>();
  for (std::int64_t row = 0; row < rows; ++row) {
    out.scale[row] *= std::fabs(factor[row]);
    if (factor[row] < 0)
      for (std::int64_t i = row * width; i < (row + 1) * width; ++i)
        values[i] = static_cast<std::int8_t>(-values[i]);
    // XNNPACK requires scales that are normal numbers; an all-zero row stays zero under any scale.
    if (!(out.scale[row] >= 1e-30F)) {
      out.scale[row] = 1;
      std::fill_n(values.begin() + row * width, width, std::int8_t{0});
    }
  }
  return out;
}

Result<Tensor> linear_weights(Context& context, std::size_t index, int rank, int output_axis) {
  Builder& builder = context.builder;
  const Meaning& meaning = context.meaning(index);
  if (meaning.quantized_axis) {
    const Tensor& raw = *builder.constant_of(meaning.id);
    if (raw.shape().rank() != rank)
      return builder.error(concat("weights need rank ", rank, ", have shape ", raw.shape().text()));
    if (raw.scale.size() == 1 || *meaning.quantized_axis == output_axis) {
      Tensor out = raw.clone();
      if (raw.scale.size() == 1)
        out.scale.assign(static_cast<std::size_t>(raw.shape()[output_axis]), raw.scale[0]);
      return out;
    }
  }
  GANLET_TRY(const Tensor* constant, context.constant_input(index));
  if (constant->type() != DataType::float32)
    return builder.unsupported(
        concat("weights are ", name_of(constant->type()), ", only float32 and int8 are supported"));
  if (constant->shape().rank() != rank)
    return builder.error(concat("weights need rank ", rank, ", have shape ", constant->shape().text()));
  return constant->clone();
}

} // namespace ganlet
