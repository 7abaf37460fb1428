#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "generator/draw_request.h"
#include "generator/roles.h"
#include "graph/backend.h"

namespace ganlet {

/// Facts about the images that a network draws, and about its inputs.
struct ImageFacts {
  std::int64_t latent_size = 0; ///< Z
  std::int64_t label_count = 0; ///< 0 for unconditional models
  ImageSize image;
  ValueRange range;                        ///< the network values that become brightness 0 and 255
  std::optional<std::int64_t> fixed_batch; ///< if the file fixes the number of images per run
  std::int64_t style_layers = 0;           ///< L; 0 for models that aren't style-based
  std::int64_t style_size = 0;             ///< W
};

/// Some images of a request, resolved to the numbers that a network gets.
struct ImageBatch {
  std::int64_t count = 0;
  std::vector<float> latents;       ///< (count, Z)
  std::vector<std::int64_t> labels; ///< (count), or empty for models without classes
  std::vector<std::uint64_t> seeds; ///< (count): the seed of each image, for noise
  std::vector<float> style_shifts;  ///< (count, W), or empty
};

/// Draws batches of images from latents. Not thread-safe.
class ImageNetwork {
 public:
  virtual ~ImageNetwork() = default;

  const ImageFacts& facts() const { return facts_; }
  /// Checks what only the network can know about a request, apart from labels: the fields of style-based models.
  /// Errors: invalid_argument.
  virtual Result<void> check(const DrawRequest& request) const = 0;
  /// The network's output as (count, H, W, C), valid until the next call. Errors: those of Program::run.
  virtual Result<std::span<const float>> draw(const DrawRequest& request, const ImageBatch& batch, Budget& budget) = 0;
  /// The network whose output is the image.
  virtual Program& program() = 0;

 protected:
  ImageFacts facts_;
};

/// A whole generator: from latents and labels to images.
class GeneratorNetwork final : public ImageNetwork {
 public:
  /// Errors: those of onnx::read and lower; invalid_argument if the roles of inputs and outputs aren't clear
  /// (`find_roles`).
  static Result<std::unique_ptr<GeneratorNetwork>> load(std::span<const std::byte> onnx,
                                                        const ModelDescription& description, const Backend& backend,
                                                        const CompileOptions& options);

  Result<void> check(const DrawRequest& request) const override;
  Result<std::span<const float>> draw(const DrawRequest& request, const ImageBatch& batch, Budget& budget) override;
  Program& program() override { return *program_; }
  const Roles& roles() const { return roles_; }

 private:
  void fill_labels(const ImageBatch& batch, std::int64_t rows);

  std::unique_ptr<Program> program_;
  Roles roles_;
  Limits limits_;
  std::vector<float> latents_;
  std::vector<std::int64_t> labels_;
  std::vector<float> one_hot_;
  std::vector<float> values_; ///< images converted to (H,W,C), if the network gives (C,H,W)
};

/// A style-based generator as two networks (Karras et al.: A Style-Based Generator Architecture for Generative
/// Adversarial Networks, 2019, section 2). The mapping network turns a latent z into a style w; the synthesis network
/// takes a style for each of its layers, and noise. Styles can be mixed between layers (section 3.1) and truncated
/// towards the mean style (appendix B).
class StyleNetwork final : public ImageNetwork {
 public:
  /// `mapping` takes z float32 (N, Z) and gives w (N, W); `synthesis` takes w float32 (N, L, W) and noise float32 (N,
  /// P), and gives an image of rank 4. Errors: invalid_argument if they don't, or if they don't fit each other.
  static Result<std::unique_ptr<StyleNetwork>> make(std::unique_ptr<Program> mapping,
                                                    std::unique_ptr<Program> synthesis,
                                                    const ModelDescription& description, const Limits& limits);
  /// Sets the mean style, (W). Without one there is no truncation. Errors: invalid_argument for another length.
  Result<void> set_mean_style(std::vector<float> mean_style);
  /// Sets the noise of the training, (P), which `fixed` means; without it, `fixed` is the noise of seed 0. Errors:
  /// invalid_argument for another length.
  Result<void> set_noise(std::vector<float> noise);

  Result<void> check(const DrawRequest& request) const override;
  Result<std::span<const float>> draw(const DrawRequest& request, const ImageBatch& batch, Budget& budget) override;
  Program& program() override { return *synthesis_; }

 private:
  /// The styles w of latents, from (rows, Z) to (rows, W).
  Result<std::vector<float>> styles_of(std::span<const float> latents, std::int64_t rows, Budget& budget);
  void fill_noise(const Noise& noise, std::span<const std::uint64_t> seeds);

  std::unique_ptr<Program> mapping_, synthesis_;
  std::vector<float> mean_style_, fixed_noise_;
  Limits limits_;
  std::size_t style_input_ = 0; ///< the input of synthesis that is w; the other one is noise
  std::int64_t noise_size_ = 0; ///< P
  bool is_channels_last_ = false;
  Distribution distribution_ = Distribution::normal;
  std::vector<float> styles_; ///< (count, L, W), as passed to the synthesis network
  std::vector<float> noise_;  ///< (count, P)
  std::vector<float> values_;
};

} // namespace ganlet
