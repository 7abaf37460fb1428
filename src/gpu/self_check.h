#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "graph/backend.h"
#include "graph/lower.h"

namespace ganlet::gpu {

/// An operation that a device gets wrong.
struct Fault {
  std::size_t operation = 0; ///< index in op::Any
  std::string reason;        ///< "it is wrong on llvmpipe: 0.25 where 0.5 is right"
};

/// Compares each operation that has a kernel with `evaluate`, on small random cases. Only in builds that may wait.
/// Errors: device_lost.
Result<std::vector<Fault>> find_faults(const Backend& backend, const CompileOptions& options, const std::string& device,
                                       Evaluate evaluate);

/// A text that changes with the kernels and with what is compared.
std::string kernels_digest();

} // namespace ganlet::gpu
