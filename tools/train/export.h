#pragma once

#include <filesystem>

#include "checkpoint.h"
#include "model_card.h"

namespace ganlet::train {

/// The averaged generator, with family, steps and seed in the file's metadata.
/// Latents are multiplied by `spread` first. Averaged weights draw a little too alike; a spread slightly above 1, the
/// opposite of truncation, gives the real pictures' variety back, and costs some cleanness. ganlet-evaluate tells how
/// much of each.
onnx::Model exported(const Checkpoint& checkpoint, double spread = 1);

/// All graphs of the model, with the same metadata. `spread` is that of the latents.
std::vector<ExportedPart> exported_parts(const Checkpoint& checkpoint, double spread = 1);

/// How a run becomes a model's folder.
struct ExportOptions {
  double spread = 1;             ///< of the generator's latents
  std::filesystem::path preview; ///< picture to take as preview.png; empty: a grid of the network's own pictures
  CardOptions card;
};

/// Writes a whole model into a folder, as ganlet, the page and the catalogue load it: each part in int8
/// (`generator.onnx`) and float32 (`generator-f32.onnx`), arrays (.npy), the generators kept on the way
/// (`along-000500.onnx`), settings (config.json), losses (losses.csv), a grid of pictures (preview.png), model.json and
/// a card (README.md). A checkpoint alone, without its run's folder, has no losses and none kept on the way.
/// Errors: those of `load_checkpoint`, `read_loss_table` and `decode_image`; invalid_argument for more or fewer names
/// than classes, and for a spread without latents; io.
Result<void> export_folder(const std::filesystem::path& run, const std::filesystem::path& folder,
                           const ExportOptions& options = {});

/// Reads a checkpoint (a file, or a run's folder) and writes its generator as an ONNX file, whole or not at all.
/// Errors: those of `load_checkpoint`; invalid_argument for a spread without latents; io.
Result<void> export_onnx(const std::filesystem::path& run, const std::filesystem::path& output, double spread = 1);

} // namespace ganlet::train
