#include "clusters.h"

#include <ATen/CPUGeneratorImpl.h>
#include <array>
#include <cmath>

#include "core/text.h"

namespace ganlet::train {

namespace {

constexpr std::int64_t code_size = 32;
/// So much more weighs a number that is larger by 1, e to the power of this. Mostly one code is nearly all.
constexpr double sharpness = 40;

/// (N, C, H, W) in bytes to (N, 50), float. Of small pictures: which strokes lie where, not how thin they are.
torch::Tensor principal_components(const torch::Tensor& images) {
  const auto shrunk_by = [](std::int64_t side) { return (side + 15) / 16; };
  const std::array<std::int64_t, 2> by{shrunk_by(images.size(2)), shrunk_by(images.size(3))};
  const torch::Tensor pixels = torch::avg_pool2d(images.to(torch::kFloat) / 255, by).flatten(1);
  const torch::Tensor centred = pixels - pixels.mean(0);
  const torch::Tensor covariance = centred.t().matmul(centred) / centred.size(0);
  const torch::Tensor axes = std::get<1>(torch::linalg_eigh(covariance, "L")); // columns, the strongest last
  return centred.matmul(axes.slice(1, std::max<std::int64_t>(0, axes.size(1) - 50)));
}

} // namespace

torch::Tensor balanced_clusters(const torch::Tensor& images, std::int64_t count, std::uint64_t seed) {
  constexpr int rounds = 80, settled = 50; // the last rounds move no centre, but balance
  torch::NoGradGuard no_gradient;
  const torch::Tensor points = principal_components(images.cpu());
  auto random = at::make_generator<at::CPUGeneratorImpl>(seed);
  const torch::Tensor first = torch::randperm(points.size(0), random, torch::kLong).slice(0, 0, count);
  torch::Tensor centres = points.index_select(0, first);
  torch::Tensor handicap = torch::zeros({count});
  const torch::Tensor norms = points.square().sum(1, true);
  torch::Tensor nearest;
  for (int round = 0; round < rounds; ++round) {
    const torch::Tensor distances =
        torch::addmm(norms + centres.square().sum(1) + handicap, points, centres.t(), 1, -2);
    const auto [least, which] = distances.min(1);
    nearest = which;
    const torch::Tensor sizes = torch::bincount(nearest, {}, count).to(torch::kFloat);
    const torch::Tensor mean_distance = (least - handicap.index_select(0, nearest)).mean();
    const torch::Tensor excess = sizes * (static_cast<double>(count) / static_cast<double>(points.size(0))) - 1;
    const double step = 0.3 * (rounds - round) / rounds;
    handicap = handicap + step * mean_distance * excess.clamp(-1, 1);
    if (round < settled) {
      const torch::Tensor means =
          torch::zeros_like(centres).index_add_(0, nearest, points) / sizes.clamp_min(1).unsqueeze(1);
      // One that has lost all its pictures starts again, far from the others.
      const torch::Tensor farthest = points.index_select(0, std::get<1>(least.topk(count)));
      centres = torch::where(sizes.unsqueeze(1) > 0, means, farthest);
      handicap = torch::where(sizes > 0, handicap, 0);
    }
  }
  return nearest;
}

torch::Tensor chosen_clusters(const torch::Tensor& latents, std::int64_t clusters) {
  if (clusters == 0)
    return torch::zeros({latents.size(0)}, latents.options().dtype(torch::kLong));
  return latents.slice(1, latents.size(1) - clusters).argmax(1);
}

torch::Tensor choosing(const torch::Tensor& latents, const torch::Tensor& wanted, std::int64_t clusters) {
  if (clusters == 0)
    return latents;
  const std::int64_t first = latents.size(1) - clusters;
  const torch::Tensor to = (wanted + first).unsqueeze(1),
                      from = (chosen_clusters(latents, clusters) + first).unsqueeze(1);
  const torch::Tensor largest = latents.gather(1, from), other = latents.gather(1, to);
  return latents.scatter(1, from, other).scatter(1, to, largest);
}

LatentCodeImpl::LatentCodeImpl(const FamilyOptions& options) : latent_(options.latent), clusters_(options.clusters) {
  if (clusters_ == 0)
    return;
  codes = register_module("codes", torch::nn::Linear(torch::nn::LinearOptions(clusters_, code_size).bias(false)));
  torch::nn::init::normal_(codes->weight);
}

std::int64_t LatentCodeImpl::width() const {
  return clusters_ == 0 ? latent_ : latent_ - clusters_ + code_size;
}

torch::Tensor LatentCodeImpl::forward(const torch::Tensor& z) {
  if (clusters_ == 0)
    return z;
  const std::int64_t rest = latent_ - clusters_;
  const torch::Tensor shares = torch::softmax(z.slice(1, rest) * sharpness, 1);
  return torch::cat({z.slice(1, 0, rest), codes(shares).to(z.dtype())}, 1);
}

std::string LatentCodeImpl::exported(OnnxBuilder& builder, const std::string& z) const {
  if (clusters_ == 0)
    return z;
  const std::int64_t rest = latent_ - clusters_;
  const std::string scale = builder.constant("sharpness", torch::full({1}, sharpness, torch::kFloat));
  const std::string scaled = builder.add("Mul", {builder.slice(z, 1, rest, latent_), scale});
  const std::string code = builder.linear("codes", builder.softmax(scaled), *codes);
  return builder.concat({builder.slice(z, 1, 0, rest), code});
}

ExportedArray LatentCodeImpl::directions(const torch::Tensor& weight) const {
  ExportedArray found = directions_of(weight.slice(1, 0, latent_ - clusters_));
  found.values = torch::constant_pad_nd(found.values, {0, clusters_});
  return found;
}

ClusterOpinionImpl::ClusterOpinionImpl(const FamilyOptions& options, std::int64_t channels) {
  if (options.clusters == 0)
    return;
  embedding = register_module("embedding", torch::nn::Embedding(options.clusters, channels));
  torch::NoGradGuard no_gradient;
  embedding->weight.mul_(0.1);
}

torch::Tensor ClusterOpinionImpl::forward(const torch::Tensor& features, const torch::Tensor& clusters) {
  if (embedding.is_empty())
    return torch::zeros({features.size(0)}, features.options());
  const torch::Tensor pooled = features.sum({2, 3});
  return (embedding(clusters) * pooled).sum(1) / std::sqrt(static_cast<double>(pooled.size(1)));
}

void ClusterOpinionImpl::clip(double largest) {
  if (embedding.is_empty())
    return;
  torch::NoGradGuard no_gradient;
  const double box = largest * std::sqrt(static_cast<double>(embedding->weight.size(1)));
  embedding->weight.clamp_(-box, box);
}

Result<void> check_clusters(const FamilyEntry& family, const FamilyOptions& options) {
  if (options.clusters == 0)
    return {};
  const std::string place(family.name);
  if (!family.takes_clusters || options.clusters < 0)
    return fail(ErrorCode::invalid_argument, place, concat("knows nothing of ", options.clusters, " clusters"));
  if (options.latent <= options.clusters)
    return fail(ErrorCode::invalid_argument, place,
                concat("a latent of ", options.latent, " numbers, of which ", options.clusters,
                       " choose the cluster, has none left for the rest"));
  return {};
}

} // namespace ganlet::train
