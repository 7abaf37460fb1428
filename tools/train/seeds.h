#pragma once

#include <cstdint>

#include "core/rng.h"

namespace ganlet::train {

/// What a seed derived from a run's seed is for; one stream of numbers each.
enum class SeedUse : std::uint32_t { order = 1, update = 2, samples = 3 };

/// A seed for number `index` (an epoch or a step) of a use.
inline std::uint64_t derived_seed(std::uint64_t seed, SeedUse use, std::int64_t index) {
  const Rng rng(seed, static_cast<std::uint32_t>(use));
  const auto at = static_cast<std::uint64_t>(index);
  return std::uint64_t{rng.bits(2 * at)} << 32 | rng.bits(2 * at + 1);
}

} // namespace ganlet::train
