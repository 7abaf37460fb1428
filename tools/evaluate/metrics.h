#pragma once

#include <cstdint>

#include "torch_all.h"

/// How alike two sets of pictures are, seen through features (N, F) of a network.
namespace ganlet::evaluate {

/// The squared Fréchet distance of two normal distributions with the sets' means and covariances (Heusel et al.: GANs
/// Trained by a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium, 2017, there with Inception's
/// features).
double frechet_distance(const torch::Tensor& a, const torch::Tensor& b);

struct PrecisionRecall {
  double precision = 0; ///< share of generated pictures that lie among the real ones
  double recall = 0;    ///< share of real pictures that lie among the generated ones
};

/// Kynkäänniemi et al.: Improved Precision and Recall Metric for Assessing Generative Models, 2019. A picture lies
/// among a set where it is no further from one of the set than that one's k-th nearest neighbour in the set.
PrecisionRecall precision_recall(const torch::Tensor& real, const torch::Tensor& generated, std::int64_t k);

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
