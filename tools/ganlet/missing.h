#pragma once

#include <string_view>

#include "onnx/contents.h"

namespace ganlet::tool {

/// Errors: unsupported, with all operators that the engine lacks, the number of nodes of each, and what to do about it.
Result<void> check_operators(const onnx::Contents& contents, std::string_view file);

} // namespace ganlet::tool
