#pragma once

#include "torch_all.h"

/// What several families build their networks from.
namespace ganlet::train {

/// A convolution whose weight is divided by its largest singular value, which one step of power iteration follows from
/// update to update (Miyato, Kataoka, Koyama, Yoshida: Spectral Normalization for Generative Adversarial Networks,
/// 2018).
class SpectralConv2dImpl : public torch::nn::Module {
 public:
  SpectralConv2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride, std::int64_t padding);

  /// The weight to use in this update; in training mode this takes the step of power iteration.
  torch::Tensor normalized_weight();
  torch::Tensor forward(const torch::Tensor& input, const torch::Tensor& normalized_weight);

  torch::Tensor weight; ///< (out, in, kernel, kernel)
  torch::Tensor bias;   ///< (out)
  torch::Tensor u;      ///< (out): the left singular vector, as far as known

 private:
  std::int64_t stride_;
  std::int64_t padding_;
};
TORCH_MODULE(SpectralConv2d);

/// Lays the memory of convolutions' weights out channels last, for which oneDNN has the faster kernels.
void to_channels_last(torch::nn::Module& module);

/// The unit vectors x (K, in) for which a weight (out, in) makes the longest products, the longest first: where the
/// weight is a generator's first, the directions in which its pictures change most (Shen and Zhou: Closed-Form
/// Factorization of Latent Semantics in GANs, 2021).
torch::Tensor strongest_directions(const torch::Tensor& weight, std::int64_t count);

/// Whether all parameters and buffers are finite numbers.
bool weights_are_finite(const torch::nn::Module& module);

/// Copies parameters, not buffers: the start of an average.
void copy_parameters(torch::nn::Module& to, const torch::nn::Module& from);

/// Reads a module out of an archive. Throws c10::Error where it isn't there or its tensors have other sizes, which
/// `torch::nn::Module::load` alone would take as they come.
void read_module(torch::serialize::InputArchive& archive, const std::string& name, torch::nn::Module& module);

/// Moves an exponential moving average of parameters and buffers towards `current`: average = decay average + (1 -
/// decay) current.
void update_average(torch::nn::Module& average, const torch::nn::Module& current, double decay);

} // namespace ganlet::train
