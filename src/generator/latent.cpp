#include "generator/latent.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

#include "core/rng.h"

namespace ganlet {

// As the inverse of `inverse_normal`, by bisection: that needs no exp(), which different math libraries round
// differently.
double share_below(double value) {
  double low = 0, high = 1;
  for (int bit = 0; bit < 60; ++bit) {
    const double middle = (low + high) / 2;
    if (middle <= 0 || middle >= 1)
      break;
    (inverse_normal(middle) < value ? low : high) = middle;
  }
  return (low + high) / 2;
}

void fill_latent(std::uint64_t seed, Distribution distribution, std::span<float> out) {
  const Rng rng(seed, stream::latent);
  if (distribution == Distribution::normal) {
    rng.fill_normal(out);
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<float>(2.0 * rng.uniform(i) - 1.0);
}

void jitter(float amount, std::uint64_t seed, std::uint64_t place, Distribution distribution, std::span<float> latent) {
  if (amount == 0)
    return;
  const Rng rng(seed, stream::jitter);
  const double rest = std::sqrt(1.0 - static_cast<double>(amount) * static_cast<double>(amount));
  for (std::size_t i = 0; i < latent.size(); ++i) {
    const double other = amount * static_cast<double>(rng.normal(place * latent.size() + i));
    if (distribution == Distribution::normal) {
      latent[i] = static_cast<float>(rest * static_cast<double>(latent[i]) + other);
      continue;
    }
    // The ends of [-1, 1] aren't quantiles of the normal distribution.
    const double share = std::clamp((static_cast<double>(latent[i]) + 1) / 2, 1e-12, 1 - 1e-12);
    latent[i] = static_cast<float>(2 * share_below(rest * inverse_normal(share) + other) - 1);
  }
}

void truncate(float psi, std::span<const float> mean, std::span<float> latent) {
  assert(mean.empty() || mean.size() == latent.size());
  if (psi == 1)
    return;
  for (std::size_t i = 0; i < latent.size(); ++i) {
    const float centre = mean.empty() ? 0.0F : mean[i];
    latent[i] = centre + psi * (latent[i] - centre);
  }
}

} // namespace ganlet
