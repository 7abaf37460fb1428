#include "studio/breed.h"

#include <cmath>

#include "core/rng.h"
#include "studio/request.h"

namespace ganlet::studio {

namespace {

/// The random stream of breeding, separate from that of latents.
constexpr std::uint32_t stream = 0x62726565;

Place child_of(const std::vector<float>& mother, const std::vector<float>& father, float mutation, const Rng& rng,
               std::uint64_t first) {
  // x -> sqrt(1 - m^2) x + m n keeps the variance of a standard normal x.
  const float kept = std::sqrt(1 - mutation * mutation);
  std::vector<float> latent(mother.size());
  for (std::size_t i = 0; i < latent.size(); ++i) {
    const std::uint64_t index = first + 2 * i;
    const float inherited = rng.below(2, index) == 0 ? mother[i] : father[i];
    latent[i] = kept * inherited + mutation * rng.normal(index + 1);
  }
  return {.latent = to_steps(latent)};
}

} // namespace

std::vector<Place> first_litter(const Place& place) {
  std::vector<Place> litter{place};
  for (std::uint64_t i = 1; i < litter_size; ++i)
    litter.push_back({.seed = place.seed + i});
  return litter;
}

std::vector<Place> next_litter(const Place& mother, const Place& father, float mutation, std::uint64_t seed,
                               const ModelFacts& model) {
  const std::vector<float> a = latent_of(mother, model), b = latent_of(father, model);
  const Rng rng(seed, stream);
  std::vector<Place> litter{mother};
  for (std::uint64_t i = 0; i + 2 < litter_size; ++i)
    litter.push_back(child_of(a, b, mutation, rng, i * 2 * a.size()));
  litter.push_back(father);
  return litter;
}

} // namespace ganlet::studio
