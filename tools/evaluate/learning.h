#pragma once

#include <string>

#include "classifier.h"

/// What networks that see pictures as features have in common.
namespace ganlet::evaluate {

inline constexpr std::int64_t feature_count = 128;

/// (N, C, H, W) bytes
torch::Tensor pixels_of(const train::Dataset& data);

/// Names and shapes of a network's weights, a line each.
std::string shapes_of(const torch::nn::Module& network);

/// Goes through all `count` pictures in random order, again and again until as many were seen as the schedule says;
/// `loss_of` is told the numbers (B) of those in a batch. Learning rates rise to `highest_rate` and fall to 0.
void learn(std::int64_t count, const Schedule& schedule, torch::optim::AdamW& optimizer, double highest_rate,
           const Progress& progress, const std::function<torch::Tensor(const torch::Tensor& chosen)>& loss_of);

} // namespace ganlet::evaluate
