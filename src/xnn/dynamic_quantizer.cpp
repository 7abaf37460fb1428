#include "xnn/dynamic_quantizer.h"

namespace ganlet::xnn {

DynamicQuantizer::DynamicQuantizer() {
  xnn_create_convert_nc_f32_qd8(0, out(operator_));
}

xnn_status DynamicQuantizer::reshape(std::int64_t rows, std::int64_t channels, pthreadpool_t pool) {
  if (!operator_)
    return xnn_status_unsupported_hardware;
  rows_ = static_cast<std::size_t>(rows);
  channels_ = static_cast<std::size_t>(channels);
  return xnn_reshape_convert_nc_f32_qd8(operator_.get(), rows_, channels_, channels_, channels_, pool);
}

std::size_t DynamicQuantizer::scratch_bytes() const {
  return padded_bytes(rows_ * channels_) +
         padded_bytes((rows_ + XNN_EXTRA_QUANTIZATION_PARAMS) * sizeof(xnn_quantization_params));
}

const xnn_quantization_params* DynamicQuantizer::parameters(const std::byte* scratch) const {
  return reinterpret_cast<const xnn_quantization_params*>(scratch + padded_bytes(rows_ * channels_));
}

xnn_status DynamicQuantizer::setup(const float* input, std::byte* scratch) {
  return xnn_setup_convert_nc_f32_qd8(operator_.get(), input, reinterpret_cast<std::int8_t*>(scratch),
                                      const_cast<xnn_quantization_params*>(parameters(scratch)));
}

} // namespace ganlet::xnn
