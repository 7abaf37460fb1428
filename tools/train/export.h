#pragma once

#include <filesystem>

#include "checkpoint.h"

namespace ganlet::train {

/// The averaged generator, with family, steps and seed in the file's metadata.
/// Latents are multiplied by `spread` first. Averaged weights draw a little too alike; a spread slightly above 1, the
/// opposite of truncation, gives the real pictures' variety back, and costs some cleanness. ganlet-evaluate tells how
/// much of each.
onnx::Model exported(const Checkpoint& checkpoint, double spread = 1);

/// All graphs of the model, with the same metadata. `spread` is the generator's.
std::vector<ExportedPart> exported_parts(const Checkpoint& checkpoint, double spread = 1);

/// Writes all that belongs to a run's model into a folder: each part in float32 (`generator-f32.onnx`) and int8
/// (`generator.onnx`), arrays (.npy), the generators kept on the way (along/), settings (config.json) and losses
/// (losses.csv). Errors: those of `load_checkpoint`; io.
Result<void> export_folder(const std::filesystem::path& run, const std::filesystem::path& folder, double spread = 1);

/// Reads a checkpoint (a file, or a run's folder) and writes its generator as an ONNX file, whole or not at all.
/// Errors: those of `load_checkpoint`; io.
Result<void> export_onnx(const std::filesystem::path& run, const std::filesystem::path& output, double spread = 1);

} // namespace ganlet::train
