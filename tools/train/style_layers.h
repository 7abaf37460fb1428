#pragma once

#include <cmath>
#include <numbers>

#include "onnx_builder.h"
#include "torch_all.h"

/// What the style-based family's networks are built from; stylegan.cpp names the papers.
namespace ganlet::train::style {

inline constexpr double slope = 0.2;
/// Keeps the variance where a leaky ReLU would shrink it. Since that is linear in positive factors, the gain goes into
/// what comes before, where it costs nothing.
inline constexpr double gain = std::numbers::sqrt2;
inline constexpr double epsilon = 1e-8;

inline torch::Tensor activated(const torch::Tensor& x) {
  return torch::leaky_relu(x, slope);
}

/// Weights that are drawn from N(0, 1) and scaled when they are used, so that Adam's steps mean the same in every layer
/// (Progressive Growing of GANs, section 4.1).
class LinearImpl : public torch::nn::Module {
 public:
  /// Outputs are multiplied by `factor`; weights learn `rate` times as fast as others.
  LinearImpl(std::int64_t in, std::int64_t out, double factor, double bias_at_start = 0, double rate = 1)
      : scale_(factor * rate / std::sqrt(static_cast<double>(in))), bias_scale_(factor * rate) {
    weight = register_parameter("weight", torch::randn({out, in}) / rate);
    bias = register_parameter("bias", torch::full({out}, bias_at_start / rate));
  }

  torch::Tensor forward(const torch::Tensor& x) {
    return torch::nn::functional::linear(x, scaled_weight(), scaled_bias());
  }
  torch::Tensor scaled_weight() const { return weight * scale_; }
  torch::Tensor scaled_bias() const { return bias * bias_scale_; }

  torch::Tensor weight; ///< (out, in)
  torch::Tensor bias;   ///< (out)

 private:
  double scale_, bias_scale_;
};
TORCH_MODULE(Linear);

class ConvImpl : public torch::nn::Module {
 public:
  ConvImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride, double factor)
      : stride_(stride), padding_((kernel - 1) / 2),
        scale_(factor / std::sqrt(static_cast<double>(in * kernel * kernel))), factor_(factor) {
    weight = register_parameter("weight", torch::randn({out, in, kernel, kernel}));
    bias = register_parameter("bias", torch::zeros({out}));
  }

  torch::Tensor forward(const torch::Tensor& x) {
    return at::conv2d(x, weight * scale_, bias * factor_, stride_, padding_);
  }

  torch::Tensor weight; ///< (out, in, kernel, kernel)
  torch::Tensor bias;   ///< (out)

 private:
  std::int64_t stride_, padding_;
  double scale_, factor_;
};
TORCH_MODULE(Conv);

enum class Kind { same, doubling, to_rgb };

/// A convolution whose weights each picture modulates by its style. The weights stay as they are; scaling inputs and
/// outputs does the same, and lets all pictures of a batch share one convolution.
class StyledLayerImpl : public torch::nn::Module {
 public:
  StyledLayerImpl(Kind kind, std::int64_t styles, std::int64_t in, std::int64_t out, std::int64_t side);

  /// w is (N, styles). In training the noise is new each time, else it is the layer's own.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& w);

  /// The same as a graph; `grain` is noise times strength times gain.
  std::string exported(OnnxBuilder& builder, const std::string& name, const std::string& x, const std::string& w,
                       const std::string& grain) const;

  std::int64_t side() const { return side_; }

  Linear affine{nullptr};
  torch::Tensor weight;   ///< (out, in, kernel, kernel), of a doubling (in, out, kernel, kernel)
  torch::Tensor bias;     ///< (out)
  torch::Tensor strength; ///< (1)
  torch::Tensor noise;    ///< (1, 1, side, side)

 private:
  /// How many weights of each input map an output pixel sees; a doubling's pixels see a quarter of its kernel.
  double taps() const { return static_cast<double>(kernel_ * kernel_) / (kind_ == Kind::doubling ? 4 : 1); }

  /// (out, in): the variance that each input map brings to each output map.
  torch::Tensor energy() const;

  torch::Tensor convolved(const torch::Tensor& x) const;

  Kind kind_;
  std::int64_t kernel_, side_;
  double scale_;
};
TORCH_MODULE(StyledLayer);

} // namespace ganlet::train::style
