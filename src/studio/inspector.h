#pragma once

#include <span>
#include <vector>

#include "studio/message.h"
#include "studio/model.h"

/// Looking inside a network: what each layer gives, and what becomes of the picture where a channel is changed.
namespace ganlet::studio {

/// Runs the model's network on one image's latent with every layer's output kept. Errors: those of lowering, compiling
/// and running.
Result<Inspection> inspect(const LoadedModel& model, std::span<const float> latent, std::int64_t label,
                           const std::vector<ChannelScale>& scales, std::size_t tiles_of);

/// Principal directions of the first layer as GANSpace has them (Härkönen et al.: GANSpace, 2020, section 3.1): the
/// latents' directions that its outputs vary most along. A linear layer y = W z of independent latents has the
/// eigenvectors of transpose(W) W, the largest first, so nothing is sampled. Rows of length 1, at most `most`; none
/// where the network's first layer isn't fully connected or convolutional.
Result<std::vector<float>> first_layer_directions(const LoadedModel& model, std::size_t most);

/// Eigenvectors of a symmetric (n, n) matrix as rows, those of the largest eigenvalues first: Jacobi's method (Golub
/// and Van Loan, Matrix Computations, 8.5).
std::vector<double> eigenvectors(std::vector<double> matrix, std::size_t n);

} // namespace ganlet::studio
