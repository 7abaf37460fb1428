#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "generator/roles.h"
#include "graph/backend.h"

namespace ganlet {

/// Layers of a style-based generator, counted from 0 at the coarsest: [first, last], both included.
struct LayerRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  bool operator==(const LayerRange&) const = default;
};

/// One picture of a style-based model.
struct StyleRequest {
  std::uint64_t seed = 0;
  std::span<const float> latent;      ///< instead of that of `seed`: z
  std::optional<std::uint64_t> with;  ///< another seed, whose style takes the place of the first's in `layers`
  LayerRange layers;                  ///< looked at where there is `with`
  float truncation = 1;               ///< psi in [0, 1]: how far styles lie from the mean style
  std::optional<std::int64_t> cutoff; ///< layers that are truncated, from the coarsest; default: all
  std::span<const float> shift;       ///< (W), added to the style of every layer; empty for none
  std::optional<std::uint64_t> noise; ///< seed of the layers' noise; none: no noise
};

/// A style-based generator in its two parts (Karras et al.: A Style-Based Generator Architecture for Generative
/// Adversarial Networks, 2019, section 2): the mapping network makes a style w of a latent z; the synthesis network
/// takes a style for each of its layers, and noise. Styles can be mixed between layers (section 3.1) and truncated
/// (appendix B). Not thread-safe.
class StyleGenerator {
 public:
  struct Files {
    std::span<const std::byte> mapping;   ///< z float32 (N, Z) to w (N, W)
    std::span<const std::byte> synthesis; ///< w float32 (N, L, W) and noise float32 (N, P) to an image of rank 4
    std::vector<float> mean_style;        ///< (W), or empty: then there is no truncation
  };
  /// Errors as of onnx::read and lower, and invalid_argument where graphs aren't as above or don't fit each other.
  static Result<StyleGenerator> load(const Files& files, const ModelDescription& description, const Backend& backend,
                                     const CompileOptions& options);

  std::int64_t latent_size() const { return latent_size_; } ///< Z
  bool has_mean_style() const { return !mean_style_.empty(); }
  std::int64_t style_size() const { return style_size_; } ///< W
  std::int64_t layers() const { return layers_; }         ///< L
  std::int64_t noise_size() const { return noise_size_; } ///< P
  const ImageSize& image_size() const { return size_; }

  /// w of a seed. Errors: those of running the mapping network.
  Result<std::vector<float>> style_of(std::uint64_t seed);
  /// w of a latent. Errors: invalid_argument where that isn't Z numbers.
  Result<std::vector<float>> style_of(std::span<const float> latent);
  /// Styles (L, W) of a request. Errors: invalid_argument for layers that there aren't, and a truncation outside of [0,
  /// 1] or below 1 without a mean style.
  Result<std::vector<float>> styles_of(const StyleRequest& request);
  /// The picture of styles (L, W). Errors: invalid_argument where there are more or fewer of them.
  Result<Image> synthesize(std::span<const float> styles, std::optional<std::uint64_t> noise);
  /// `styles_of` and `synthesize`.
  Result<Image> draw(const StyleRequest& request);
  /// The same as network output (H,W,C).
  Result<std::vector<float>> draw_values(const StyleRequest& request);

 private:
  StyleGenerator() = default;
  Result<void> check(const StyleRequest& request) const;
  /// Network output (H,W,C) of styles (L, W).
  Result<std::vector<float>> values_of(std::span<const float> styles, std::optional<std::uint64_t> noise);

  std::unique_ptr<Program> mapping_, synthesis_;
  std::vector<float> mean_style_;
  std::int64_t latent_size_ = 0, style_size_ = 0, layers_ = 0, noise_size_ = 0;
  std::size_t style_input_ = 0; ///< of synthesis; the other is noise
  bool is_channels_last_ = false;
  Distribution distribution_ = Distribution::normal;
  ImageSize size_;
  ValueRange range_;
};

} // namespace ganlet
