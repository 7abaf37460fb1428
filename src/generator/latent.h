#pragma once

#include <cstdint>
#include <span>

namespace ganlet {

enum class Distribution { normal, uniform };

/// The uses of a seed's random numbers. Each use has its own stream, so that no two are correlated. Those from 16 on
/// belong to the nodes of a network that draw random numbers (op::Random).
namespace stream {
inline constexpr std::uint32_t latent = 0;
inline constexpr std::uint32_t noise = 1;
inline constexpr std::uint32_t jitter = 2;
} // namespace stream

/// The latent vector of a seed: `out.size()` numbers, standard normal, or uniform in [-1, 1]; the same bits on every
/// platform. Element i of a vector doesn't depend on the vector's length.
void fill_latent(std::uint64_t seed, Distribution distribution, std::span<float> out);

/// The standard normal's distribution function, in [0, 1]; the same bits on every platform.
double share_below(double value);

/// Varies a latent as a hand varies from one symbol of a text to the next: sqrt(1 - amount^2) z + amount e, where e is
/// standard normal, from the seed's stream `jitter`, and belongs to position `place` of the text. Uniform latents are
/// mapped to quantiles of the normal distribution and back, so that both distributions are preserved. `amount` is in
/// [0, 1]; 0 leaves the vector unchanged.
void jitter(float amount, std::uint64_t seed, std::uint64_t place, Distribution distribution, std::span<float> latent);

/// Truncation (Marchesi 2017; Brock et al. 2019, section 3.1) by psi in [0, 1]: towards `mean`, or towards 0 if `mean`
/// is empty. psi = 1 leaves the vector unchanged.
void truncate(float psi, std::span<const float> mean, std::span<float> latent);

} // namespace ganlet
