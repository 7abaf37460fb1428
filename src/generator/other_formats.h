#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/limits.h"

/// Files of other frameworks. The linker chooses whether a program reads them or refuses them.
namespace ganlet {

/// Whether a model.json belongs to another framework, not to ganlet.
bool is_other_model_json(std::span<const std::byte> bytes);

/// The ONNX file that a bare file is or becomes. `network` is as in importing::ImportOptions. Errors: those of
/// importing::read, at `file`.
Result<std::vector<std::byte>> as_onnx(std::vector<std::byte> bytes, const std::filesystem::path& file,
                                       const std::string& network, const Limits& limits);

} // namespace ganlet
