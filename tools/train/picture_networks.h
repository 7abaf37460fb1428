#pragma once

#include "batch_norm.h"
#include "clusters.h"
#include "family.h"
#include "layers.h"
#include "onnx_builder.h"

/// The convolutional networks, of pictures of any size that some doublings lead to, that `dcgan`, `wgan`, `wgan-gp` and
/// `vae-gan` share.
namespace ganlet::train {

/// A generator of transposed convolutions after Radford, Metz, Chintala: Unsupervised Representation Learning with Deep
/// Convolutional Generative Adversarial Networks, 2016: a fully connected layer, two doublings (three from 64 pixels
/// on, four from 128), a convolution to pixels.
class PictureGeneratorImpl : public torch::nn::Module {
 public:
  explicit PictureGeneratorImpl(const FamilyOptions& options, std::int64_t c0 = 64, std::int64_t c1 = 48,
                                std::int64_t c2 = 32);

  /// (N, Z) to (N, C, H, W) in [-1, 1]
  torch::Tensor forward(const torch::Tensor& z);
  /// From `z` to `image`.
  onnx::Model exported() const { return exported(*fc); }
  /// With another layer in the place of `fc`.
  onnx::Model exported(const torch::nn::LinearImpl& first) const;
  /// Of the latent, as in `Family::arrays`.
  std::vector<ExportedArray> arrays() const { return arrays(fc->weight); }
  std::vector<ExportedArray> arrays(const torch::Tensor& first_weight) const {
    return {code->directions(first_weight)};
  }

  LatentCode code{nullptr};
  torch::nn::Linear fc{nullptr};
  BatchNorm2d b0{nullptr}, b1{nullptr}, b2{nullptr};
  torch::nn::ConvTranspose2d t1{nullptr}, t2{nullptr};
  torch::nn::Conv2d c{nullptr};
  std::vector<torch::nn::ConvTranspose2d> more; ///< doublings before t1, in large pictures
  std::vector<BatchNorm2d> more_norms;

 protected:
  /// What comes behind the fully connected layer `x`.
  onnx::Model exported_behind(OnnxBuilder builder, std::string x) const;

 private:
  std::vector<std::int64_t> first_;   ///< (N, C, H, W) of the first feature maps
  std::vector<std::int64_t> picture_; ///< (C, H, W)
};
TORCH_MODULE(PictureGenerator);

/// What of a critic is normalized: nothing, its convolutions' weights (by their largest singular value), or the
/// features that all convolutions but the first give, over the pictures of a batch.
enum class Normalization { none, spectral, batch };

/// Doublings, or halvings, that pictures need beyond those of small ones: 1 from 64 pixels on, 2 from 128, ...
std::int64_t more_levels(const FamilyOptions& options);

/// A side after a convolution of kernel 4, stride 2, padding 1.
std::int64_t halved(std::int64_t side);

/// What a critic makes of pictures.
struct Opinion {
  torch::Tensor realness; ///< (N), larger for what looks real
  torch::Tensor features; ///< (N, C, H, W) of the last layer but one
  torch::Tensor deepest;  ///< (N, C, H, W) of the last
};

/// Convolutions with strides, one number a picture.
class PictureCriticImpl : public torch::nn::Module {
 public:
  PictureCriticImpl(const FamilyOptions& options, Normalization kind, std::int64_t w0 = 32, std::int64_t w1 = 64,
                    std::int64_t w2 = 96, std::int64_t w3 = 160);

  /// The convolutions' weights, once an update for all pictures that it judges.
  std::vector<torch::Tensor> weights();
  /// Of pictures (N, C, H, W).
  Opinion forward(torch::Tensor x, const std::vector<torch::Tensor>& weights);
  /// Of pictures and their clusters, `batches` equal batches of them one behind the other, each of which is normalized
  /// for itself where a batch is at all.
  torch::Tensor realness(const Batch& joined, std::int64_t batches);
  /// Brings what features are multiplied by into [-`largest`, `largest`]: all weights but those of normalization.
  void clip(double largest);

  SpectralConv2d a{nullptr}, b{nullptr}, c{nullptr}, d{nullptr};
  std::vector<SpectralConv2d> more; ///< halvings behind a, in large pictures
  std::vector<BatchNorm2d> norms;   ///< behind each convolution but a, in `Normalization::batch`
  torch::nn::Linear out{nullptr};
  ClusterOpinion of_cluster{nullptr};

 private:
  std::vector<SpectralConv2d> layers() const;
  Normalization kind_;
};
TORCH_MODULE(PictureCritic);

/// Errors: invalid_argument where the pictures can't be had by doublings.
Result<void> check_picture_size(std::string_view family, const FamilyOptions& options);

} // namespace ganlet::train
