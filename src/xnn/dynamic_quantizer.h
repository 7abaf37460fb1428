#pragma once

#include "xnn/kernel.h"

namespace ganlet::xnn {

/// Quantizes activations at run time: each row of a (rows, channels) matrix of float32 becomes integers with their own
/// scale and zero point (XNNPACK's `qd8`), so no calibration data is needed. The result is stored in the kernel's
/// scratch.
///
/// Only seven of the eight bits are used. WebAssembly's relaxed dot product is the same on every processor only if one
/// factor is in [0, 127]: many x86 browsers multiply and add pairs in 16 bits, where eight bits overflow. Weights keep
/// their eight bits, which matter more. Native programs do the same as browsers, so that pictures are the same.
class DynamicQuantizer {
 public:
  void reshape(std::int64_t rows, std::int64_t channels);
  /// The bytes of scratch for the last `reshape`.
  std::int64_t scratch_bytes() const;
  void run(const float* input, std::byte* scratch) const;
  /// Quantizes row by row, for rows that aren't contiguous; call `finish` after the last one.
  void put(std::size_t row, const float* values, std::byte* scratch) const;
  void finish(std::byte* scratch) const;

  const std::int8_t* values(const std::byte* scratch) const { return reinterpret_cast<const std::int8_t*>(scratch); }
  const xnn_quantization_params* parameters(const std::byte* scratch) const;

 private:
  std::int64_t value_bytes() const;

  std::size_t rows_ = 0;
  std::size_t channels_ = 0;
};

} // namespace ganlet::xnn
