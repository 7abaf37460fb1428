#pragma once

#include <cstdint>
#include <vector>

#include "studio/state.h"

/// Breeding: nine places, two of which become the parents of the next nine.
namespace ganlet::studio {

inline constexpr int litter_size = 9;

/// The first litter: the place itself and the eight following seeds.
std::vector<Place> first_litter(const Place& place);

/// The next litter: both parents, first and last, and seven children in between. A child takes each latent number from
/// one of the parents and adds a normal number times `mutation` (0 to 1), scaled so that normal latents keep their
/// variance. The same `seed` gives the same litter.
std::vector<Place> next_litter(const Place& mother, const Place& father, float mutation, std::uint64_t seed,
                               const ModelFacts& model);

} // namespace ganlet::studio
