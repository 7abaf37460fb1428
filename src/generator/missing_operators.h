#pragma once

#include "onnx/contents.h"

namespace ganlet {

/// Errors: unsupported, with all operators that the engine lacks, the number of nodes of each, and what to do about it.
Result<void> check_operators(const onnx::Contents& contents);

/// An error of reading or lowering a file. If the file has operators that the engine lacks, that of `check_operators`
/// instead, which names all of them.
Error explained(Error error, std::span<const std::byte> onnx);

} // namespace ganlet
