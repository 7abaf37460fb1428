#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/budget.h"
#include "core/limits.h"

namespace ganlet::onnx {

/// Reads a file that lies beside another; its name is plain, without a folder.
using Beside = std::function<Result<std::vector<std::byte>>(const std::string& name)>;

/// The files in which an ONNX file keeps its weights, as PyTorch does since 2.9 (`my_dcgan.onnx.data`): the locations
/// of TensorProto.external_data (onnx.proto), each once, and none of a file with everything inside. A damaged file has
/// those that were found; reading it tells what is wrong. Errors: unsupported, for a location in another folder.
Result<std::vector<std::string>> files_beside(std::span<const std::byte> file);

/// The file with all weights inside. Errors: those of `beside`; corrupt, for a file that isn't ONNX's, or a weight that
/// lies outside its file; unsupported, as above; limit_exceeded, for a result above `file_bytes`.
Result<std::vector<std::byte>> with_weights_inside(std::span<const std::byte> file, const Beside& beside,
                                                   const Limits& limits, Budget& budget);

} // namespace ganlet::onnx
