#pragma once

#include <optional>

#include "xnn/dynamic_quantizer.h"

namespace ganlet::xnn {

/// Multiplies rows of float32 with constant weights, in float32 or with both quantized. It is a step of larger kernels,
/// which run it on different memory each time.
class RowProduct {
 public:
  /// `weights` (N, K), float32, or int8 with a scale per row. False if XNNPACK can't do this.
  bool create(const Tensor& weights);
  xnn_status reshape(std::int64_t rows, pthreadpool_t pool);
  /// The bytes of scratch for the last `reshape`.
  std::int64_t scratch_bytes() const { return quantizer_ ? quantizer_->scratch_bytes() : 0; }
  bool is_quantized() const { return quantizer_.has_value(); }
  /// Multiplies `input` (rows, K); the result goes to `output` (rows, N).
  xnn_status run(const float* input, float* output, std::byte* scratch, pthreadpool_t pool);
  /// The same for rows that are put one by one; only if it is quantized.
  void put(std::int64_t row, const float* values, std::byte* scratch) const {
    quantizer_->put(static_cast<std::size_t>(row), values, scratch);
  }
  xnn_status run_put(float* output, std::byte* scratch, pthreadpool_t pool);

 private:
  xnn_status run_quantized(float* output, std::byte* scratch, pthreadpool_t pool);

  Operator operator_;
  std::int64_t depth_ = 0;                    ///< K
  std::optional<DynamicQuantizer> quantizer_; ///< if weights are quantized
};

} // namespace ganlet::xnn
