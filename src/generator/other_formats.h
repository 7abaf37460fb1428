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

/// As in importing::ImportOptions.
struct Wanted {
  std::string network;
  bool chain = false;
};

/// The ONNX file that a bare file is or becomes, with its weights inside. Errors: those of importing::read and
/// onnx::with_weights_inside, at `file`.
Result<std::vector<std::byte>> as_onnx(std::vector<std::byte> bytes, const std::filesystem::path& file,
                                       const Wanted& wanted, const Limits& limits);

} // namespace ganlet
