#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/limits.h"

/// Files of other frameworks, where this program reads them; chosen when linking.
namespace ganlet {

/// Whether a model.json is another framework's and not ganlet's own.
bool is_other_model_json(std::span<const std::byte> bytes);

/// A bare file as the ONNX file that it is or becomes. `network` as in importing::ImportOptions. Errors: those of
/// importing::read, at `file`.
Result<std::vector<std::byte>> as_onnx(std::vector<std::byte> bytes, const std::filesystem::path& file,
                                       const std::string& network, const Limits& limits);

} // namespace ganlet
