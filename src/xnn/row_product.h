#pragma once

#include <optional>

#include "xnn/dynamic_quantizer.h"

namespace ganlet::xnn {

/// Rows of float32 times constant weights, in float32 or with both quantized: a step of larger kernels, which run it
/// for other places each time.
class RowProduct {
 public:
  /// `weights` (N, K), float32, or int8 with a scale a row. False: XNNPACK can't.
  bool create(const Tensor& weights);
  xnn_status reshape(std::int64_t rows, pthreadpool_t pool);
  /// Bytes of scratch for the shape given last.
  std::int64_t scratch_bytes() const { return quantizer_ ? quantizer_->scratch_bytes() : 0; }
  bool is_quantized() const { return quantizer_.has_value(); }
  /// `input` (rows, K) to `output` (rows, N).
  xnn_status run(const float* input, float* output, std::byte* scratch, pthreadpool_t pool);
  /// The same of rows that were put one by one. Only where it is quantized.
  void put(std::int64_t row, const float* values, std::byte* scratch) const {
    quantizer_->put(static_cast<std::size_t>(row), values, scratch);
  }
  xnn_status run_put(float* output, std::byte* scratch, pthreadpool_t pool);

 private:
  xnn_status run_quantized(float* output, std::byte* scratch, pthreadpool_t pool);

  Operator operator_;
  std::int64_t depth_ = 0;                    ///< K
  std::optional<DynamicQuantizer> quantizer_; ///< where weights are quantized
};

} // namespace ganlet::xnn
