#include "style_layers.h"

#include "autocast.h"

namespace ganlet::train::style {

namespace {

/// (N, C) as (N, C, 1, 1) in the type of what it will scale.
torch::Tensor as_maps(const torch::Tensor& values, const torch::Tensor& like) {
  return values.to(like.scalar_type()).unsqueeze(2).unsqueeze(3);
}

} // namespace

StyledLayerImpl::StyledLayerImpl(Kind kind, std::int64_t styles, std::int64_t in, std::int64_t out, std::int64_t side)
    : kind_(kind), kernel_(kind == Kind::to_rgb ? 1
                           : kind == Kind::same ? 3
                                                : 4),
      side_(side), scale_(1 / std::sqrt(static_cast<double>(in) * taps())) {
  affine = register_module("affine", Linear(styles, in, 1, 1));
  const std::int64_t first = kind == Kind::doubling ? in : out, second = kind == Kind::doubling ? out : in;
  weight = register_parameter("weight", torch::randn({first, second, kernel_, kernel_}));
  bias = register_parameter("bias", torch::zeros({out}));
  if (kind != Kind::to_rgb) {
    strength = register_parameter("strength", torch::zeros({1}));
    noise = register_buffer("noise", torch::randn({1, 1, side, side}));
  }
}

torch::Tensor StyledLayerImpl::forward(const torch::Tensor& x, const torch::Tensor& w) {
  torch::Tensor style, demodulation;
  {
    const AutocastScope exact(false);
    style = affine(w) * scale_;
    if (kind_ != Kind::to_rgb)
      demodulation = (style.square().matmul(energy().t()) + epsilon).rsqrt() * gain;
  }
  torch::Tensor y = convolved(x * as_maps(style, x));
  if (kind_ == Kind::to_rgb)
    return y + bias.view({1, -1, 1, 1});
  const torch::Tensor grain = is_training() ? normal_share({y.size(0), 1, side_, side_}) : noise;
  y = torch::addcmul(as_maps(bias.unsqueeze(0) * gain, y), y, as_maps(demodulation, y));
  return activated(y + (grain * (strength * gain)).to(y.scalar_type()));
}

std::string StyledLayerImpl::exported(OnnxBuilder& builder, const std::string& name, const std::string& x,
                                      const std::string& w, const std::string& grain) const {
  const std::string style =
      builder.gemm(name + ".affine", w, affine->scaled_weight() * scale_, affine->scaled_bias() * scale_);
  const std::string maps = builder.reshape(style, {-1, affine->weight.size(0), 1, 1});
  const std::string scaled = builder.add("Mul", {x, maps});
  const std::int64_t out = bias.size(0);
  if (kind_ == Kind::to_rgb)
    return builder.convolution("Conv", name, scaled, weight, bias, 1, 0);
  std::string y = kind_ == Kind::doubling ? builder.convolution("ConvTranspose", name, scaled, weight, {}, 2, 1)
                                          : builder.convolution("Conv", name, scaled, weight, {}, 1, 1);
  const std::string energies = builder.gemm(name + ".energy", builder.add("Mul", {style, style}),
                                            energy() / (gain * gain), torch::full({out}, epsilon / (gain * gain)));
  const std::string demodulation = builder.add("Reciprocal", {builder.add("Sqrt", {energies})});
  y = builder.add("Mul", {y, builder.reshape(demodulation, {-1, out, 1, 1})});
  y = builder.add("Add", {y, grain});
  y = builder.add("Add", {y, builder.constant(name + ".bias", (bias * gain).view({1, out, 1, 1}))});
  return builder.leaky_relu(y, slope);
}

torch::Tensor StyledLayerImpl::energy() const {
  const torch::Tensor sums = weight.square().sum({2, 3});
  return kind_ == Kind::doubling ? sums.t() / 4 : sums;
}

torch::Tensor StyledLayerImpl::convolved(const torch::Tensor& x) const {
  return kind_ == Kind::doubling ? at::conv_transpose2d(x, weight, {}, 2, 1)
                                 : at::conv2d(x, weight, {}, 1, (kernel_ - 1) / 2);
}

} // namespace ganlet::train::style
