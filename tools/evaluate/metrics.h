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

} // namespace ganlet::evaluate
