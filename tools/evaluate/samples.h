#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/error.h"
#include "dataset.h"

namespace ganlet::evaluate {

/// A model whose pictures are to be judged.
class Source {
 public:
  virtual ~Source() = default;
  /// `count` pictures of seeds `seed`, `seed` + 1, ..., whose labels take turns through the classes, rounded to 8 bits
  /// as a reader gets to see them. A model without labels gives none, and 0 classes.
  virtual Result<train::Dataset> draw(std::int64_t count, std::uint64_t seed) = 0;
  /// What the model makes of these pictures' latents, as its encoder finds them; nothing if it has no encoder.
  virtual Result<std::optional<train::Dataset>> reconstruct(const train::Dataset&) { return std::nullopt; }
};

/// A checkpoint of ganlet-train: a file .pt, or the folder of a run.
Result<std::unique_ptr<Source>> open_checkpoint(const std::filesystem::path& path);

/// A model in ganlet's own engine: a bare .onnx file, or a part of a model's folder written as `folder#part`. With
/// `jitter` ([0, 1]) its pictures are those of texts, a seed each, that name every class once. Errors also:
/// invalid_argument for `jitter` and a model without classes.
Result<std::unique_ptr<Source>> open_model(const std::string& name, int threads,
                                           std::optional<float> jitter = std::nullopt);

} // namespace ganlet::evaluate
