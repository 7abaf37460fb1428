#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "onnx/model.h"
#include "settings.h"
#include "torch_all.h"

namespace ganlet::train {

/// Real pictures of one update.
struct Batch {
  torch::Tensor images; ///< (B, 1, H, W) in [-1, 1]
  torch::Tensor labels; ///< (B) int64
};

struct Loss {
  std::string_view name;
  double value;
};

/// One kind of generator with what it takes to train it. The training loop, data, checkpoints and the command line know
/// no more of it than this. All randomness comes from torch's default generator, which the loop seeds before each step.
class Family {
 public:
  virtual ~Family() = default;

  /// One update of every network; `step` counts from 0.
  virtual std::vector<Loss> update(const Batch& batch, std::int64_t step) = 0;
  /// Images (N, 1, H, W) in [-1, 1] of the averaged generator for latents (N, Z) and labels (N) int64. Takes no
  /// gradient.
  virtual torch::Tensor draw(const torch::Tensor& latents, const torch::Tensor& labels) = 0;
  /// Everything that the next update depends on, besides the options. `load` throws c10::Error where the archive holds
  /// another network.
  virtual void save(torch::serialize::OutputArchive& archive) const = 0;
  virtual void load(torch::serialize::InputArchive& archive) = 0;
  /// The averaged generator as a graph from `z` float (N, Z) and `label` int64 (N) to `image` (N, 1, H, W).
  virtual onnx::Model exported() const = 0;
};

struct FamilyEntry {
  std::string_view name;
  std::string_view summary;
  /// Errors: invalid_argument where the options don't suit the family, such as a picture size.
  Result<std::unique_ptr<Family>> (*make)(const FamilyOptions& options);
};

/// Every family there is.
std::span<const FamilyEntry> families();
/// Nothing where there is none of that name.
const FamilyEntry* find_family(std::string_view name);

/// Class-conditional DCGAN; see cgan.cpp.
Result<std::unique_ptr<Family>> make_cgan(const FamilyOptions& options);

} // namespace ganlet::train
