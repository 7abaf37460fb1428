#pragma once

#include <cstddef>
#include <string>

namespace ganlet::gl {

/// Why an operation, by its index in op::Any, is left to others on the devices that were checked; empty if it isn't.
std::string fault_of(std::size_t operation);

} // namespace ganlet::gl
