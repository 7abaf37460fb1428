#include "generator/latent.h"

#include <cassert>
#include <cstddef>

#include "core/rng.h"

namespace ganlet {

void fill_latent(std::uint64_t seed, Distribution distribution, std::span<float> out) {
  const Rng rng(seed);
  if (distribution == Distribution::normal) {
    rng.fill_normal(out);
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<float>(2.0 * rng.uniform(i) - 1.0);
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
