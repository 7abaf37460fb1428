#pragma once

#include "ranks.h"

/// A rank's share of each batch, and where it is computed. Random numbers are drawn for the whole batch, on the CPU:
/// every rank's generator stays in step with the others', N ranks with batches of B draw what one process with batches
/// of N B draws, and a GPU draws what a CPU draws.
namespace ganlet::train {

/// Where networks live and updates are computed. Set it before the first network is made.
torch::Device& compute_device();

/// The rows of the whole batch (count of ranks times N, ...) that are this rank's, (N, ...). With `groups` the whole is
/// so many batches one after another, each of which is shared out.
torch::Tensor own_share(const torch::Tensor& whole, std::int64_t groups = 1);

using Sizes = std::vector<std::int64_t>;

/// This rank's share of random numbers: `sizes` are those of the share. N(0, 1).
torch::Tensor normal_share(const Sizes& sizes);
/// Uniform in [0, 1).
torch::Tensor uniform_share(const Sizes& sizes, std::int64_t groups = 1);
/// Whole numbers from `low` to below `end`.
torch::Tensor integer_share(std::int64_t low, std::int64_t end, const Sizes& sizes);

} // namespace ganlet::train
