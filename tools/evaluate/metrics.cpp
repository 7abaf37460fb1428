#include "metrics.h"

#include <vector>

namespace ganlet::evaluate {

namespace {

/// Rows of one set whose distances to all of the other are held at once.
constexpr std::int64_t rows_at_once = 1000;

struct Moments {
  torch::Tensor mean;       ///< (F)
  torch::Tensor covariance; ///< (F, F)
};

Moments moments_of(const torch::Tensor& features) {
  const torch::Tensor exact = features.to(torch::kDouble);
  return {exact.mean(0), exact.t().cov()};
}

/// Of a symmetric matrix without negative eigenvalues, but for rounding.
torch::Tensor square_root(const torch::Tensor& matrix) {
  const auto [values, vectors] = at::linalg_eigh(matrix);
  return vectors.matmul(values.clamp_min(0).sqrt().diag()).matmul(vectors.t());
}

/// (N): how far each row's k-th nearest other row is.
torch::Tensor neighbour_distances(const torch::Tensor& set, std::int64_t k) {
  std::vector<torch::Tensor> parts;
  for (std::int64_t first = 0; first < set.size(0); first += rows_at_once) {
    const torch::Tensor distances = torch::cdist(set.slice(0, first, first + rows_at_once), set);
    // The nearest of all is the row itself.
    parts.push_back(std::get<0>(distances.kthvalue(k + 1, 1)));
  }
  return torch::cat(parts);
}

/// Of pictures and the balls about a set's rows.
struct Within {
  double among = 0;   ///< share of pictures in a ball
  double balls = 0;   ///< balls that a picture is in, on average
  double reached = 0; ///< share of balls with a picture in them
};

Within within(const torch::Tensor& pictures, const torch::Tensor& set, const torch::Tensor& radii) {
  std::int64_t among = 0, balls = 0;
  torch::Tensor reached = torch::zeros({set.size(0)}, torch::kBool);
  for (std::int64_t first = 0; first < pictures.size(0); first += rows_at_once) {
    const torch::Tensor in = torch::cdist(pictures.slice(0, first, first + rows_at_once), set) <= radii;
    among += in.any(1).sum().item<std::int64_t>();
    balls += in.sum().item<std::int64_t>();
    reached |= in.any(0);
  }
  const auto count = static_cast<double>(pictures.size(0));
  return {static_cast<double>(among) / count, static_cast<double>(balls) / count,
          reached.to(torch::kDouble).mean().item<double>()};
}

/// Sum of the kernel over all pairs of rows.
double kernel_sum(const torch::Tensor& a, const torch::Tensor& b) {
  double sum = 0;
  for (std::int64_t first = 0; first < a.size(0); first += rows_at_once)
    sum += (a.slice(0, first, first + rows_at_once).matmul(b.t()) / a.size(1) + 1)
               .pow(3)
               .sum(torch::kDouble)
               .item<double>();
  return sum;
}

/// Mean of the kernel over pairs of different rows.
double kernel_mean_within(const torch::Tensor& set) {
  const double own = (set.square().sum(1) / set.size(1) + 1).pow(3).sum(torch::kDouble).item<double>();
  const auto count = static_cast<double>(set.size(0));
  return (kernel_sum(set, set) - own) / (count * (count - 1));
}

} // namespace

double frechet_distance(const torch::Tensor& a, const torch::Tensor& b) {
  const Moments first = moments_of(a), second = moments_of(b);
  // tr sqrt(A B) = tr sqrt(sqrt(A) B sqrt(A)), whose argument is symmetric.
  const torch::Tensor root = square_root(first.covariance);
  const torch::Tensor cross = root.matmul(second.covariance).matmul(root);
  const torch::Tensor shared = at::linalg_eigvalsh((cross + cross.t()) / 2).clamp_min(0).sqrt().sum();
  const torch::Tensor apart = (first.mean - second.mean).square().sum();
  return (apart + first.covariance.trace() + second.covariance.trace() - 2 * shared).item<double>();
}

torch::Tensor nearest_distances(const torch::Tensor& pictures, const torch::Tensor& set) {
  torch::NoGradGuard no_gradient;
  std::vector<torch::Tensor> parts;
  for (std::int64_t first = 0; first < pictures.size(0); first += rows_at_once)
    parts.push_back(torch::cdist(pictures.slice(0, first, first + rows_at_once), set).amin(1));
  return torch::cat(parts);
}

Memorisation memorisation(const torch::Tensor& generated, const torch::Tensor& unseen, const torch::Tensor& training) {
  const torch::Tensor of_generated = nearest_distances(generated, training);
  const torch::Tensor of_unseen = nearest_distances(unseen, training);
  const torch::Tensor limit = of_unseen.quantile(0.01);
  return {of_generated.median().item<double>(), of_unseen.median().item<double>(),
          (of_generated < limit).to(torch::kDouble).mean().item<double>()};
}

double kernel_distance(const torch::Tensor& a, const torch::Tensor& b) {
  torch::NoGradGuard no_gradient;
  const auto pairs = static_cast<double>(a.size(0)) * static_cast<double>(b.size(0));
  return kernel_mean_within(a) + kernel_mean_within(b) - 2 * kernel_sum(a, b) / pairs;
}

Neighbours neighbours_of(const torch::Tensor& real, const torch::Tensor& generated, std::int64_t k) {
  torch::NoGradGuard no_gradient;
  const Within of_generated = within(generated, real, neighbour_distances(real, k));
  const Within of_real = within(real, generated, neighbour_distances(generated, k));
  return {of_generated.among, of_real.among, of_generated.balls / static_cast<double>(k), of_generated.reached};
}

} // namespace ganlet::evaluate
