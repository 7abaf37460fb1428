#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "dataset.h"

/// Real pictures made worse on purpose, to see whether a judge notices.
namespace ganlet::evaluate {

enum class DamageKind {
  blur,       ///< by a normal distribution; strength is its deviation in pixels
  noise,      ///< normal, of each pixel; strength is its deviation where brightness goes from 0 to 1
  drop,       ///< of classes; strength is the share that is left out, rounded to whole classes
  duplication ///< strength is the share of pictures that are copies of others
};

struct Damage {
  DamageKind kind;
  double strength; ///< 0: none
};

std::string_view name_of(DamageKind kind);

/// All kinds, each from none to the worst; classes are only left out where there are some.
std::vector<Damage> damages_of(const train::Dataset& data);

/// `count` pictures of `data` (or all), chosen by the seed and damaged. The same ones for each damage, but for classes.
train::Dataset damaged_pictures(const train::Dataset& data, std::int64_t count, const Damage& damage,
                                std::uint64_t seed);

} // namespace ganlet::evaluate
