#include "picture_networks.h"

#include <algorithm>

#include "autocast.h"
#include "core/text.h"

namespace ganlet::train {

namespace nn = torch::nn;

namespace {

/// How many times as large as the first feature maps the picture is.
std::int64_t enlargement(const FamilyOptions& options) {
  return std::int64_t{4} << more_levels(options);
}

nn::ConvTranspose2d doubling(std::int64_t in, std::int64_t out) {
  return nn::ConvTranspose2d(nn::ConvTranspose2dOptions(in, out, 4).stride(2).padding(1).bias(false));
}

} // namespace

std::int64_t more_levels(const FamilyOptions& options) {
  std::int64_t levels = 0;
  while (std::max(options.height, options.width) >> levels >= 64)
    ++levels;
  return levels;
}

std::int64_t halved(std::int64_t side) {
  return (side - 2) / 2 + 1;
}

PictureGeneratorImpl::PictureGeneratorImpl(const FamilyOptions& options, std::int64_t c0, std::int64_t c1,
                                           std::int64_t c2)
    : first_{-1, c0, options.height / enlargement(options), options.width / enlargement(options)},
      picture_{options.channels, options.height, options.width} {
  code = LatentCode(options);
  fc = register_module("fc", nn::Linear(nn::LinearOptions(code->width(), c0 * first_[2] * first_[3]).bias(false)));
  b0 = register_module("b0", BatchNorm2d(c0));
  for (std::int64_t level = 0; level < more_levels(options); ++level) {
    more.push_back(register_module(ganlet::concat("more", level), doubling(c0, c0)));
    more_norms.push_back(register_module(ganlet::concat("more_norm", level), BatchNorm2d(c0)));
  }
  t1 = register_module("t1", doubling(c0, c1));
  b1 = register_module("b1", BatchNorm2d(c1));
  t2 = register_module("t2", doubling(c1, c2));
  b2 = register_module("b2", BatchNorm2d(c2));
  c = register_module("c", nn::Conv2d(nn::Conv2dOptions(c2, options.channels, 5).padding(2)));
  for (torch::Tensor& parameter : parameters())
    if (parameter.dim() > 1)
      nn::init::orthogonal_(parameter);
  if (options.clusters > 0)
    register_module("code", code);
}

torch::Tensor PictureGeneratorImpl::forward(const torch::Tensor& z) {
  torch::Tensor x = fc(code(z)).view(first_).contiguous(torch::MemoryFormat::ChannelsLast);
  x = torch::relu(b0(x));
  for (std::size_t level = 0; level < more.size(); ++level)
    x = torch::relu(more_norms[level](more[level](x)));
  x = torch::relu(b1(t1(x)));
  x = torch::relu(b2(t2(x)));
  return torch::tanh(c(x).to(torch::kFloat));
}

onnx::Model PictureGeneratorImpl::exported(const nn::LinearImpl& first) const {
  OnnxBuilder builder;
  const std::string z = builder.latent_input("z", code->latent());
  const std::string x = builder.linear("fc", code->exported(builder, z), first);
  return exported_behind(std::move(builder), x);
}

onnx::Model PictureGeneratorImpl::exported_behind(OnnxBuilder builder, std::string x) const {
  x = builder.relu(builder.batch_norm("b0", builder.reshape(x, first_), *b0));
  for (std::size_t level = 0; level < more.size(); ++level) {
    x = builder.conv_transpose(ganlet::concat("more", level), x, *more[level]);
    x = builder.relu(builder.batch_norm(ganlet::concat("more_norm", level), x, *more_norms[level]));
  }
  x = builder.relu(builder.batch_norm("b1", builder.conv_transpose("t1", x, *t1), *b1));
  x = builder.relu(builder.batch_norm("b2", builder.conv_transpose("t2", x, *t2), *b2));
  return std::move(builder).finish(builder.tanh(builder.conv("c", x, *c)), "image", picture_);
}

PictureCriticImpl::PictureCriticImpl(const FamilyOptions& options, Normalization kind, std::int64_t w0, std::int64_t w1,
                                     std::int64_t w2, std::int64_t w3)
    : kind_(kind) {
  a = register_module("a", SpectralConv2d(options.channels, w0, 4, 2, 1));
  for (std::int64_t level = 0; level < more_levels(options); ++level)
    more.push_back(register_module(ganlet::concat("more", level), SpectralConv2d(w0, w0, 4, 2, 1)));
  b = register_module("b", SpectralConv2d(w0, w1, 4, 2, 1));
  c = register_module("c", SpectralConv2d(w1, w2, 3, 1, 1));
  d = register_module("d", SpectralConv2d(w2, w3, 4, 2, 1));
  if (kind_ == Normalization::batch)
    for (SpectralConv2d convolution : layers())
      if (convolution.get() != a.get())
        norms.push_back(
            register_module(ganlet::concat("norm", norms.size()), BatchNorm2d(convolution->weight.size(0))));
  const auto last = [&](std::int64_t side) { return halved(halved(halved(side >> more.size()))); };
  out = register_module("out", nn::Linear(w3 * last(options.height) * last(options.width), 1));
  of_cluster = ClusterOpinion(options, w3);
  if (options.clusters > 0)
    register_module("of_cluster", of_cluster);
}

std::vector<SpectralConv2d> PictureCriticImpl::layers() const {
  std::vector<SpectralConv2d> all{a};
  all.insert(all.end(), more.begin(), more.end());
  all.insert(all.end(), {b, c, d});
  return all;
}

std::vector<torch::Tensor> PictureCriticImpl::weights() {
  std::vector<torch::Tensor> all;
  for (SpectralConv2d convolution : layers())
    all.push_back(kind_ == Normalization::spectral ? convolution->normalized_weight() : convolution->weight);
  return all;
}

Opinion PictureCriticImpl::forward(torch::Tensor x, const std::vector<torch::Tensor>& weights) {
  x = x.contiguous(torch::MemoryFormat::ChannelsLast);
  std::size_t layer = 0;
  torch::Tensor features;
  for (SpectralConv2d convolution : layers()) {
    features = x;
    x = convolution->forward(x, weights[layer]);
    if (!norms.empty() && layer > 0)
      x = norms[layer - 1](x);
    x = torch::leaky_relu(x, 0.1);
    ++layer;
  }
  const AutocastScope exact(false);
  x = x.to(torch::kFloat);
  return {out(x.flatten(1)).squeeze(1), features, x};
}

torch::Tensor PictureCriticImpl::realness(const Batch& joined, std::int64_t batches) {
  const std::vector<torch::Tensor> weights = this->weights();
  const std::int64_t parts = norms.empty() ? 1 : batches;
  const std::vector<torch::Tensor> images = joined.images.chunk(parts), labels = joined.labels.chunk(parts);
  std::vector<torch::Tensor> scores;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const Opinion opinion = forward(images[i], weights);
    scores.push_back(opinion.realness + of_cluster(opinion.deepest, labels[i]));
  }
  return torch::cat(scores);
}

void PictureCriticImpl::clip(double largest) {
  torch::NoGradGuard no_gradient;
  for (SpectralConv2d convolution : layers())
    for (torch::Tensor& parameter : convolution->parameters())
      parameter.clamp_(-largest, largest);
  for (torch::Tensor& parameter : out->parameters())
    parameter.clamp_(-largest, largest);
  of_cluster->clip(largest);
}

Result<void> check_picture_size(std::string_view family, const FamilyOptions& options) {
  const std::int64_t unit = enlargement(options);
  if (options.height % unit != 0 || options.width % unit != 0)
    return fail(ErrorCode::invalid_argument, std::string(family),
                ganlet::concat("pictures of ", options.width, " x ", options.height,
                               ": both sides must be multiples of ", unit));
  return {};
}

} // namespace ganlet::train
