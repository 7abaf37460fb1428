#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <xnnpack.h>

namespace ganlet::xnn {

/// Calls xnn_initialize with an allocator that counts bytes.
xnn_status initialize();

/// The bytes that XNNPACK has allocated on this thread, minus those that it has freed on it.
std::int64_t allocated_bytes();

/// The bytes of an allocation that failed on this thread since the last call, 0 if none did. XNNPACK says only that
/// something failed.
std::int64_t take_refused_bytes();

struct FreeCounted {
  void operator()(float* floats) const;
};
using CountedFloats = std::unique_ptr<float[], FreeCounted>;

/// Memory for `count` floats that `allocated_bytes` counts with XNNPACK's; null if there is none.
CountedFloats allocate_floats(std::size_t count);

} // namespace ganlet::xnn
