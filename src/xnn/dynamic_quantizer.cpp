#include "xnn/dynamic_quantizer.h"

#include <algorithm>

#include "xnn/pixel_loops.h"

namespace ganlet::xnn {

void DynamicQuantizer::reshape(std::int64_t rows, std::int64_t channels) {
  rows_ = static_cast<std::size_t>(rows);
  channels_ = static_cast<std::size_t>(channels);
}

std::int64_t DynamicQuantizer::value_bytes() const {
  return padded_bytes(static_cast<std::int64_t>(rows_) * static_cast<std::int64_t>(channels_));
}

std::int64_t DynamicQuantizer::scratch_bytes() const {
  const auto rows = static_cast<std::int64_t>(rows_ + XNN_EXTRA_QUANTIZATION_PARAMS);
  return value_bytes() + padded_bytes(rows * static_cast<std::int64_t>(sizeof(xnn_quantization_params)));
}

const xnn_quantization_params* DynamicQuantizer::parameters(const std::byte* scratch) const {
  return reinterpret_cast<const xnn_quantization_params*>(scratch + value_bytes());
}

void DynamicQuantizer::put(std::size_t row, const float* values, std::byte* scratch) const {
  auto* integers = reinterpret_cast<std::int8_t*>(scratch) + row * channels_;
  const Quantization used = quantize({values, channels_}, {integers, channels_});
  const_cast<xnn_quantization_params*>(parameters(scratch))[row] = {used.zero_point, used.scale};
}

void DynamicQuantizer::finish(std::byte* scratch) const {
  auto* parameters = const_cast<xnn_quantization_params*>(this->parameters(scratch));
  if (rows_ > 0) // XNNPACK's kernels read whole tiles of rows
    std::fill_n(parameters + rows_, XNN_EXTRA_QUANTIZATION_PARAMS, parameters[rows_ - 1]);
}

void DynamicQuantizer::run(const float* input, std::byte* scratch) const {
  for (std::size_t row = 0; row < rows_; ++row)
    put(row, input + row * channels_, scratch);
  finish(scratch);
}

} // namespace ganlet::xnn
