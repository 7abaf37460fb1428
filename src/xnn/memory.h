#pragma once

#include <cstdint>

#include <xnnpack.h>

namespace ganlet::xnn {

/// Calls xnn_initialize with an allocator that counts bytes.
xnn_status initialize();

/// The bytes that XNNPACK has allocated on this thread, minus those that it has freed on it.
std::int64_t allocated_bytes();

} // namespace ganlet::xnn
