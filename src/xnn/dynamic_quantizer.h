#pragma once

#include "xnn/kernel.h"

namespace ganlet::xnn {

/// Quantizes activations on the fly: each row of a (rows, channels) matrix of float32 becomes integers with a scale and
/// a zero point of its own (XNNPACK's `qd8`), so that no calibration data is needed. The result lies in the kernel's
/// scratch.
///
/// Of eight bits seven are used. WebAssembly's relaxed dot product is the same on every processor only where one factor
/// is in [0, 127]: many an x86 browser multiplies and adds pairs in 16 bits, where eight bits overflow. Weights keep
/// their eight bits, which matter more; and native programs do as browsers do, so that their pictures are the same.
class DynamicQuantizer {
 public:
  void reshape(std::int64_t rows, std::int64_t channels);
  /// Bytes of scratch for the shape given last.
  std::int64_t scratch_bytes() const;
  void run(const float* input, std::byte* scratch) const;
  /// The same row by row, for rows that lie anywhere; `finish` comes after all of them.
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
