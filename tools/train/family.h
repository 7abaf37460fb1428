#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "onnx/model.h"
#include "settings.h"
#include "torch_all.h"

namespace ganlet::train {

/// Real pictures of one update.
struct Batch {
  torch::Tensor images; ///< (B, C, H, W) in [-1, 1]; B is the settings' batch for each of `critic_steps`
  torch::Tensor labels; ///< (B) int64
  /// (B, I, H, W) in [-1, 1]: what the pictures are made of, where they come in pairs.
  torch::Tensor inputs{};
};

struct Loss {
  std::string_view name;
  double value;
};

/// A graph of a model, by the name that model.json calls it by.
struct ExportedPart {
  std::string name;
  onnx::Model model;
};

/// A float array that goes with a model, by the name of its .npy file.
struct ExportedArray {
  std::string name;
  torch::Tensor values;
  std::string summary;  ///< for people
  bool is_part = false; ///< the engine loads it as a part of the model
};

/// `directions` (K, Z), K at most 16: unit vectors along which outputs of a weight (out, Z) change most, the strongest
/// first. Of a generator's first fully connected layer these are its right singular vectors, which is what GANSpace
/// finds in latents for the principal components of that layer's outputs, since latents are standard normal (Härkönen
/// et al.: GANSpace: Discovering Interpretable GAN Controls, 2020, section 2). Of samples (N, Z) with their mean taken
/// off they are the principal components, as there for the styles of style-based generators.
ExportedArray directions_of(const torch::Tensor& weight);

/// One kind of generator with what it takes to train it. The training loop, data, checkpoints and the command line know
/// no more of it than this. All randomness comes from torch's default generator, which the loop seeds before each step.
class Family {
 public:
  virtual ~Family() = default;

  /// One update of every network; `step` counts from 0.
  virtual std::vector<Loss> update(const Batch& batch, std::int64_t step) = 0;
  /// Images (N, C, H, W) in [-1, 1] of the averaged generator for latents (N, Z) and labels (N) int64, which families
  /// without labels don't look at; undefined in families from pictures to pictures. Takes no gradient.
  virtual torch::Tensor draw(const torch::Tensor& latents, const torch::Tensor& labels) = 0;
  /// Images (N, C, H, W) as the averaged encoder and generator see them, where there is an encoder; else undefined.
  virtual torch::Tensor reconstruct(const torch::Tensor&) { return {}; }
  /// In families from pictures to pictures some pairs of the first update, (N, channels, H, W) in [-1, 1] each: inputs,
  /// what the averaged generator makes of them, and the pictures that they belong to. Empty in others.
  virtual std::vector<torch::Tensor> examples() { return {}; }
  /// Everything that the next update depends on, besides the options. `load` throws c10::Error where the archive holds
  /// another network.
  virtual void save(torch::serialize::OutputArchive& archive) const = 0;
  virtual void load(torch::serialize::InputArchive& archive) = 0;
  /// Whether every weight of all networks is a finite number.
  virtual bool is_finite() const = 0;
  /// The averaged generator as a graph from `z` float (N, Z), and `label` int64 (N) where it takes one, or from `input`
  /// (N, I, H, W) in families from pictures to pictures, to `image` (N, C, H, W).
  virtual onnx::Model exported() const = 0;
  /// All graphs that belong to the model: the generator as above, and what else a family has.
  virtual std::vector<ExportedPart> parts() const {
    std::vector<ExportedPart> all;
    all.push_back({"generator", exported()});
    return all;
  }
  /// `directions` (K, Z): unit vectors along which the pictures change most, the strongest first; in style-based
  /// families (K, W), and `mean_style` (W).
  virtual std::vector<ExportedArray> arrays() const { return {}; }
};

struct FamilyEntry {
  std::string_view name;
  std::string_view summary;
  bool takes_labels = false;
  bool takes_clusters = false;
  bool has_styles = false;
  bool takes_pairs = false; ///< makes pictures of pictures instead of latents
  /// What works for it where the command line says nothing else.
  std::int64_t batch;
  FamilyOptions options;
  /// Errors: invalid_argument where the options don't suit the family, such as a picture size.
  Result<std::unique_ptr<Family>> (*make)(const FamilyOptions& options);
};

/// Every family there is.
std::span<const FamilyEntry> families();
/// Nothing where there is none of that name.
const FamilyEntry* find_family(std::string_view name);

/// Each in the file of its name, which tells what it is and where it comes from.
Result<std::unique_ptr<Family>> make_cgan(const FamilyOptions& options);
Result<std::unique_ptr<Family>> make_dcgan(const FamilyOptions& options);
Result<std::unique_ptr<Family>> make_gan(const FamilyOptions& options);
Result<std::unique_ptr<Family>> make_wgan(const FamilyOptions& options);
Result<std::unique_ptr<Family>> make_wgan_gp(const FamilyOptions& options);
Result<std::unique_ptr<Family>> make_vae_gan(const FamilyOptions& options);
Result<std::unique_ptr<Family>> make_stylegan(const FamilyOptions& options);
Result<std::unique_ptr<Family>> make_translate(const FamilyOptions& options);

} // namespace ganlet::train
