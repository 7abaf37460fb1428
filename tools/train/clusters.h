#pragma once

#include "family.h"
#include "onnx_builder.h"

/// Self-conditioning (Liu, Wang, Bau, Zhu, Torralba: Diverse Image Generation via Self-Conditioned GANs, 2020): real
/// pictures without labels are put into clusters, the discriminator judges a picture as one of its cluster, and the
/// generator learns to draw each. Which cluster it draws is part of the latent, so that the model takes no label.
namespace ganlet::train {

/// The cluster (N) int64, from 0 to below `count`, of each picture (N, C, H, W) in bytes: by k-means (Lloyd: Least
/// Squares Quantization in PCM, 1982) in the 50 principal components of pictures of 16 pixels a side or fewer, where a
/// cluster that is too large moves away from its pictures, so that all end with about as many. The same seed gives the
/// same clusters.
torch::Tensor balanced_clusters(const torch::Tensor& images, std::int64_t count, std::uint64_t seed);

/// The last `clusters` of the latent's numbers choose the cluster, by the largest. Latents (N, Z) to (N) int64; zeros
/// where there are no clusters.
torch::Tensor chosen_clusters(const torch::Tensor& latents, std::int64_t clusters);

/// Changes latents (N, Z) so that they choose `wanted` (N), by exchanging two of their numbers: random ones stay as
/// random.
torch::Tensor choosing(const torch::Tensor& latents, const torch::Tensor& wanted, std::int64_t clusters);

/// What a generator makes of its latent first. Without clusters, nothing: the latent is passed on. With them, the last
/// `clusters` numbers become the cluster's code, which changes fast but without a jump from one to the next.
class LatentCodeImpl : public torch::nn::Module {
 public:
  explicit LatentCodeImpl(const FamilyOptions& options);

  /// (N, Z) to (N, width())
  torch::Tensor forward(const torch::Tensor& z);
  std::string exported(OnnxBuilder& builder, const std::string& z) const;
  /// `directions_of` the layer behind, whose weight is (out, width()), in terms of the latent. They leave the cluster
  /// as it is.
  ExportedArray directions(const torch::Tensor& weight) const;

  std::int64_t latent() const { return latent_; }
  std::int64_t width() const;

  torch::nn::Linear codes{nullptr};

 private:
  std::int64_t latent_, clusters_;
};
TORCH_MODULE(LatentCode);

/// How much a picture looks like one of its cluster, by projection (Miyato, Koyama: cGANs with Projection
/// Discriminator, 2018), for a critic to add to its opinion.
class ClusterOpinionImpl : public torch::nn::Module {
 public:
  ClusterOpinionImpl(const FamilyOptions& options, std::int64_t channels);

  /// Features (N, C, H, W) and clusters (N) to (N); 0 without clusters.
  torch::Tensor forward(const torch::Tensor& features, const torch::Tensor& clusters);
  /// Brings what features are multiplied by into [-`largest`, `largest`]: not the embedding itself, which is divided.
  void clip(double largest);

  torch::nn::Embedding embedding{nullptr};
};
TORCH_MODULE(ClusterOpinion);

/// Errors: invalid_argument where there are clusters and the family knows none, or the latent is too short for them.
Result<void> check_clusters(const FamilyEntry& family, const FamilyOptions& options);

} // namespace ganlet::train
