#pragma once

#include <cstdint>
#include <vector>

#include "studio/state.h"

/// Breeding: nine places, two of which are the parents of the next nine.
namespace ganlet::studio {

inline constexpr int litter_size = 9;

/// The first litter: the place itself, and eight seeds after it.
std::vector<Place> first_litter(const Place& place);

/// The next: both parents, first and last, and between them seven children. A child takes each latent number from one
/// parent or the other, moved by a normal number times `mutation` (0 to 1); normal latents are neither drawn out nor
/// together by that. The same `seed` gives the same litter.
std::vector<Place> next_litter(const Place& mother, const Place& father, float mutation, std::uint64_t seed,
                               const ModelFacts& model);

} // namespace ganlet::studio
