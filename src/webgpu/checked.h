#pragma once

#include "graph/backend.h"
#include "graph/lower.h"

namespace ganlet::webgpu {

/// Why an operation, by its index in op::Any, is left to others; empty if it isn't.
std::string fault_of(std::size_t operation);

} // namespace ganlet::webgpu
