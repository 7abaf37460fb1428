#pragma once

#include <cstdint>

#include <xnnpack.h>

namespace ganlet::xnn {

/// xnn_initialize, with an allocator that counts.
xnn_status initialize();

/// Bytes that this thread has had XNNPACK allocate, less those it has had it free.
std::int64_t allocated_bytes();

} // namespace ganlet::xnn
