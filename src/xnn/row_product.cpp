#include "xnn/row_product.h"

#include <limits>

namespace ganlet::xnn {

bool RowProduct::create(const Tensor& weights) {
  constexpr float unbounded = std::numeric_limits<float>::infinity();
  depth_ = weights.shape()[1];
  const auto outputs = static_cast<std::size_t>(weights.shape()[0]);
  const auto inputs = static_cast<std::size_t>(depth_);
  if (weights.type() == DataType::float32)
    return xnn_create_fully_connected_nc_f32(inputs, outputs, inputs, outputs, weights.as<float>().data(), nullptr,
                                             -unbounded, unbounded, 0, nullptr, nullptr,
                                             out(operator_)) == xnn_status_success;
  quantizer_.emplace();
  return xnn_create_fully_connected_nc_qd8_f32_qc8w(inputs, outputs, inputs, outputs, weights.scale.data(),
                                                    weights.as<std::int8_t>().data(), nullptr, -unbounded, unbounded, 0,
                                                    nullptr, nullptr, out(operator_)) == xnn_status_success;
}

xnn_status RowProduct::reshape(std::int64_t rows, pthreadpool_t pool) {
  if (!quantizer_)
    return xnn_reshape_fully_connected_nc_f32(operator_.get(), static_cast<std::size_t>(rows), pool);
  quantizer_->reshape(rows, depth_);
  return xnn_reshape_fully_connected_nc_qd8_f32_qc8w(operator_.get(), static_cast<std::size_t>(rows), pool);
}

xnn_status RowProduct::run(const float* input, float* output, std::byte* scratch, pthreadpool_t pool) {
  if (quantizer_) {
    quantizer_->run(input, scratch);
    return run_quantized(output, scratch, pool);
  }
  // Calling setup again is cheap: it only changes the operator's pointers.
  const xnn_status status = xnn_setup_fully_connected_nc_f32(operator_.get(), input, output);
  return status == xnn_status_success ? xnn_run_operator(operator_.get(), pool) : status;
}

xnn_status RowProduct::run_put(float* output, std::byte* scratch, pthreadpool_t pool) {
  quantizer_->finish(scratch);
  return run_quantized(output, scratch, pool);
}

xnn_status RowProduct::run_quantized(float* output, std::byte* scratch, pthreadpool_t pool) {
  const xnn_status status = xnn_setup_fully_connected_nc_qd8_f32_qc8w(operator_.get(), quantizer_->values(scratch),
                                                                      output, quantizer_->parameters(scratch));
  return status == xnn_status_success ? xnn_run_operator(operator_.get(), pool) : status;
}

} // namespace ganlet::xnn
