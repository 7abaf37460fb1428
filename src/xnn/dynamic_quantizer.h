#pragma once

#include "xnn/kernel.h"

namespace ganlet::xnn {

/// Quantizes activations on the fly: each row of a (rows, channels) matrix of float32 becomes int8 with a scale and a
/// zero point of its own (`qd8`), so that no calibration data is needed. The result lies in the kernel's scratch.
class DynamicQuantizer {
 public:
  DynamicQuantizer();

  xnn_status reshape(std::int64_t rows, std::int64_t channels, pthreadpool_t pool);
  /// Bytes of scratch for the shape given last.
  std::size_t scratch_bytes() const;
  xnn_status setup(const float* input, std::byte* scratch);
  xnn_status run(pthreadpool_t pool) const { return xnn_run_operator(operator_.get(), pool); }

  const std::int8_t* values(const std::byte* scratch) const { return reinterpret_cast<const std::int8_t*>(scratch); }
  const xnn_quantization_params* parameters(const std::byte* scratch) const;

 private:
  Operator operator_;
  std::size_t rows_ = 0;
  std::size_t channels_ = 0;
};

} // namespace ganlet::xnn
