#pragma once

#include "family.h"
#include "style_layers.h"

namespace ganlet::train::style {

/// Sides of the feature maps, from the smallest to the picture's: halved as long as something of 4 or more is left.
std::vector<std::int64_t> sides_up_to(std::int64_t side);

inline constexpr std::int64_t style_size = 128;
inline constexpr std::size_t mapping_depth = 4;

class GeneratorImpl : public torch::nn::Module {
 public:
  explicit GeneratorImpl(const FamilyOptions& options);

  /// Styles that the layers take, one for each doubling and convolution and the last one's successor.
  std::int64_t style_count() const { return static_cast<std::int64_t>(2 * sides_.size()); }

  /// (N, Z) to (N, W)
  torch::Tensor map(const torch::Tensor& z);

  /// Styles (N, style_count, W) to pictures.
  torch::Tensor synthesize(const torch::Tensor& styles);

  torch::Tensor forward(const torch::Tensor& z) {
    return synthesize(map(z).unsqueeze(1).repeat({1, style_count(), 1}));
  }

  /// From `z` to `image`, with each layer's own noise.
  onnx::Model exported() const;

  /// `mapping` and `synthesis`.
  std::vector<ExportedPart> parts() const;
  /// Noise, mean style, and the principal components of the styles of random latents (GANSpace, see `directions_of`).
  std::vector<ExportedArray> arrays() const;

  std::vector<Linear> mapping;
  torch::Tensor start;      ///< (1, C, side, side)
  torch::Tensor mean_style; ///< (W)
  std::vector<StyledLayer> doublings, convolutions, to_rgb;

 private:
  /// `map` without keeping the mean.
  torch::Tensor mapped(const torch::Tensor& z) const;
  /// All layers' noise (pixels), in their order.
  torch::Tensor noise() const;
  /// From `z` (N, Z) to `w` (N, W).
  onnx::Model exported_mapping() const;
  /// From `w` (N, style_count, W) and `noise` (N, all layers' pixels) to `image`.
  onnx::Model exported_synthesis() const;

  std::vector<std::int64_t> sides_;
  std::int64_t channels_, latent_;
};
TORCH_MODULE(Generator);

/// Halves the sides: what a strided convolution finds, and beside it the picture itself, only smaller.
class HalvingImpl : public torch::nn::Module {
 public:
  HalvingImpl(std::int64_t in, std::int64_t out) {
    constexpr double half = std::numbers::sqrt2 / 2; // of the variance each
    found = register_module("found", Conv(in, out, 4, 2, gain * half));
    beside = register_module("beside", Conv(in, out, 1, 1, half));
  }

  torch::Tensor forward(const torch::Tensor& x) { return activated(found(x)) + beside(torch::avg_pool2d(x, 2)); }

  Conv found{nullptr}, beside{nullptr};
};
TORCH_MODULE(Halving);

class DiscriminatorImpl : public torch::nn::Module {
 public:
  explicit DiscriminatorImpl(const FamilyOptions& options);

  /// Pictures to logits (N), positive for real.
  torch::Tensor forward(const torch::Tensor& pictures);

  Conv first{nullptr}, last{nullptr};
  std::vector<Halving> halvings;
  Linear hidden{nullptr}, out{nullptr};
};
TORCH_MODULE(Discriminator);

} // namespace ganlet::train::style
