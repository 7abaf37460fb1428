#include "layers.h"

#include <algorithm>

namespace ganlet::train {

SpectralConv2dImpl::SpectralConv2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
                                       std::int64_t padding)
    : stride_(stride), padding_(padding) {
  weight = register_parameter("weight", torch::empty({out, in, kernel, kernel}));
  torch::nn::init::orthogonal_(weight);
  bias = register_parameter("bias", torch::zeros({out}));
  const torch::Tensor start = torch::randn({out});
  u = register_buffer("u", start / start.norm());
}

torch::Tensor SpectralConv2dImpl::normalized_weight() {
  const torch::Tensor matrix = weight.flatten(1);
  torch::Tensor v;
  {
    torch::NoGradGuard no_gradient;
    const torch::Tensor transposed = matrix.t();
    if (is_training()) {
      const torch::Tensor right = transposed.mv(u);
      const torch::Tensor left = matrix.mv(right / right.norm());
      u.copy_(left / left.norm());
    }
    v = transposed.mv(u);
    v = v / v.norm();
  }
  // u changes in place at the next update, while this value's gradient may still be wanted.
  const torch::Tensor largest_singular_value = u.clone().dot(matrix.mv(v));
  return weight / largest_singular_value;
}

torch::Tensor SpectralConv2dImpl::forward(const torch::Tensor& input, const torch::Tensor& normalized) {
  return at::conv2d(input, normalized, bias, stride_, padding_);
}

void to_channels_last(torch::nn::Module& module) {
  torch::NoGradGuard no_gradient;
  for (torch::Tensor& parameter : module.parameters())
    if (parameter.dim() == 4)
      parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
}

torch::Tensor strongest_directions(const torch::Tensor& weight, std::int64_t count) {
  torch::NoGradGuard no_gradient;
  const torch::Tensor energy = weight.t().matmul(weight).to(torch::kDouble);
  const torch::Tensor vectors = std::get<1>(torch::linalg_eigh(energy.cpu(), "L")); // columns, the weakest first
  return vectors.flip(1).t().slice(0, 0, count).to(torch::kFloat).contiguous();
}

bool weights_are_finite(const torch::nn::Module& module) {
  torch::NoGradGuard no_gradient;
  const auto all_finite = [](const std::vector<torch::Tensor>& tensors) {
    return std::ranges::all_of(tensors, [](const torch::Tensor& each) { return each.isfinite().all().item<bool>(); });
  };
  return all_finite(module.parameters()) && all_finite(module.buffers());
}

void copy_parameters(torch::nn::Module& to, const torch::nn::Module& from) {
  torch::NoGradGuard no_gradient;
  const std::vector<torch::Tensor> sources = from.parameters();
  std::vector<torch::Tensor> targets = to.parameters();
  TORCH_CHECK(sources.size() == targets.size(), "an average of another network");
  for (std::size_t i = 0; i < targets.size(); ++i)
    targets[i].copy_(sources[i]);
}

void read_module(torch::serialize::InputArchive& archive, const std::string& name, torch::nn::Module& module) {
  const auto sizes_of = [&module] {
    std::vector<std::vector<std::int64_t>> sizes;
    for (const std::vector<torch::Tensor>& tensors : {module.parameters(), module.buffers()})
      for (const torch::Tensor& tensor : tensors)
        sizes.push_back(tensor.sizes().vec());
    return sizes;
  };
  const std::vector<std::vector<std::int64_t>> expected = sizes_of();
  torch::serialize::InputArchive nested;
  archive.read(name, nested);
  module.load(nested);
  TORCH_CHECK(sizes_of() == expected, "'", name, "' is a network of other sizes");
}

void update_average(torch::nn::Module& average, const torch::nn::Module& current, double decay) {
  torch::NoGradGuard no_gradient;
  const auto move = [decay](std::vector<torch::Tensor> to, const std::vector<torch::Tensor>& from) {
    for (std::size_t i = 0; i < to.size(); ++i) {
      if (to[i].is_floating_point())
        to[i].lerp_(from[i], 1 - decay);
      else
        to[i].copy_(from[i]); // how many batches the normalization has seen
    }
  };
  move(average.parameters(), current.parameters());
  move(average.buffers(), current.buffers());
}

} // namespace ganlet::train
