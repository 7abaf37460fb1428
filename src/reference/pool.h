#pragma once

#include <algorithm>
#include <cstdint>

#include "graph/ops.h"

namespace ganlet::reference {

/// The taps of a pooling window along one axis, for one output, over an input of `size`: tap k reads input start + k
/// step. A file may give a window far more taps than the input has elements, so taps outside are counted, not visited.
struct PoolTaps {
  PoolTaps(const op::Window& window, std::size_t axis, std::int64_t output, std::int64_t size)
      : start(output * window.stride[axis] - window.pad_before[axis]), step(window.dilation[axis]),
        first(below(0, window.kernel[axis])), end(below(size, window.kernel[axis])),
        with_padding(below(size + window.pad_after[axis], window.kernel[axis])) {}

  std::int64_t start, step;
  std::int64_t first, end;   ///< the range of taps inside the input
  std::int64_t with_padding; ///< how many taps are inside the input or its padding

  std::int64_t count() const { return end - first; }

 private:
  /// How many of `count` taps read positions below `place`.
  std::int64_t below(std::int64_t place, std::int64_t count) const {
    return start >= place ? 0 : std::min(count, (place - start + step - 1) / step);
  }
};

/// The divisor of an average, according to ONNX's `count_include_pad`.
inline std::int64_t count_of(const op::Pool& operation, const PoolTaps& down, const PoolTaps& across) {
  return operation.count_padding ? down.with_padding * across.with_padding : down.count() * across.count();
}

} // namespace ganlet::reference
