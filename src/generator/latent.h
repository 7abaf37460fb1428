#pragma once

#include <cstdint>
#include <span>

namespace ganlet {

enum class Distribution { normal, uniform };

/// The latent vector of a seed: `out.size()` numbers, standard normal, or uniform in [-1, 1]; the same bits on every
/// platform. Number i of a vector doesn't depend on the vector's length.
void fill_latent(std::uint64_t seed, Distribution distribution, std::span<float> out);

/// Truncation (Marchesi 2017; Brock et al. 2019, section 3.1) by psi in [0, 1]: towards `mean` where there is one, else
/// towards 0. psi = 1 leaves the vector as it is.
void truncate(float psi, std::span<const float> mean, std::span<float> latent);

} // namespace ganlet
