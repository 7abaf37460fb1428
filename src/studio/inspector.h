#pragma once

#include <vector>

#include "studio/message.h"
#include "studio/model.h"

/// Looks inside a network: what each layer computes, and how the picture changes when a channel does.
namespace ganlet::studio {

/// Runs the model's network for the request's first image and keeps every layer's output. Errors: those of
/// Model::draw, lowering, compiling and running.
Result<Inspection> inspect(LoadedModel& model, const DrawRequest& request, const std::vector<ChannelScale>& scales,
                           std::size_t tiles_of);

/// Principal directions of the first layer, as in GANSpace (Härkönen et al.: GANSpace, 2020, section 3.1): the
/// directions in latent space along which its outputs vary most. For a linear layer y = W z with independent latents,
/// these are the eigenvectors of transpose(W) W with the largest eigenvalues, so no sampling is needed. At most `most`
/// rows of length 1, largest first; none if the network's first layer is neither fully connected nor convolutional.
Result<std::vector<float>> first_layer_directions(const LoadedModel& model, std::size_t most);

/// The eigenvectors of a symmetric (n, n) matrix as rows, in order of falling eigenvalues, by Jacobi's method (Golub
/// and Van Loan, Matrix Computations, 8.5).
std::vector<double> eigenvectors(std::vector<double> matrix, std::size_t n);

} // namespace ganlet::studio
