#pragma once

#include <filesystem>

#include "checkpoint.h"

namespace ganlet::train {

/// The averaged generator, with family, steps and seed in the file's metadata.
onnx::Model exported(const Checkpoint& checkpoint);

/// Reads a checkpoint (a file, or a run's folder) and writes its generator as an ONNX file, whole or not at all.
/// Errors: those of `load_checkpoint`; io.
Result<void> export_onnx(const std::filesystem::path& run, const std::filesystem::path& output);

} // namespace ganlet::train
