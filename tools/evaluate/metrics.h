#pragma once

#include <cstdint>

#include "torch_all.h"

/// How alike two sets of pictures are, seen through features (N, F) of a network.
namespace ganlet::evaluate {

/// The squared Fréchet distance of two normal distributions with the sets' means and covariances (Heusel et al.: GANs
/// Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium, 2017, there with Inception's
/// features).
double frechet_distance(const torch::Tensor& a, const torch::Tensor& b);

/// The squared maximum mean discrepancy of two sets under the kernel (x y / F + 1)^3, without bias: of two sets from
/// one distribution it is 0 on average, and may be below (Bińkowski et al.: Demystifying MMD GANs, 2018). Both sets
/// have two rows or more.
double kernel_distance(const torch::Tensor& a, const torch::Tensor& b);

struct Neighbours {
  double precision = 0; ///< share of generated pictures that lie among the real ones
  double recall = 0;    ///< share of real pictures that lie among the generated ones
  double density = 0;   ///< among how many real ones a generated one lies on average, over k: 1 for real ones
  double coverage = 0;  ///< share of real pictures about which a generated one lies
};

/// Precision and recall of Kynkäänniemi et al.: Improved Precision and Recall Metric for Assessing Generative Models,
/// 2019; density and coverage of Naeem et al.: Reliable Fidelity and Diversity Metrics for Generative Models, 2020. A
/// picture lies about one of a set where it is no further from it than that one's k-th nearest neighbour in the set,
/// and among the set where it lies about any.
Neighbours neighbours_of(const torch::Tensor& real, const torch::Tensor& generated, std::int64_t k);

/// (N): how far each row of `pictures` is from the nearest row of `set`.
torch::Tensor nearest_distances(const torch::Tensor& pictures, const torch::Tensor& set);

/// Whether generated pictures lie closer to those that were trained on than unseen real ones do.
struct Memorisation {
  double generated = 0; ///< median distance of a generated picture to the nearest training picture
  double real = 0;      ///< the same of unseen real ones
  /// Share of generated pictures closer to a training picture than all but a hundredth of the unseen real ones are:
  /// 0.01 where nothing was learned by heart.
  double closest_hundredth = 0;
};

/// Of features or pixels (N, F) of generated, unseen and training pictures.
Memorisation memorisation(const torch::Tensor& generated, const torch::Tensor& unseen, const torch::Tensor& training);

} // namespace ganlet::evaluate
