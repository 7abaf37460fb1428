#pragma once

#include "core/rng.h"
#include "studio/state.h"

namespace ganlet::studio {

/// Random numbers in the order of asking.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : rng_(seed) {}
  std::uint32_t below(std::uint32_t bound) { return rng_.below(bound, next_++); }
  bool coin() { return below(2) == 0; }
  std::int32_t between(std::int32_t low, std::int32_t high) {
    return low + static_cast<std::int32_t>(below(static_cast<std::uint32_t>(high - low + 1)));
  }

 private:
  Rng rng_;
  std::uint64_t next_ = 0;
};

inline std::uint64_t random_seed(Dice& dice) {
  const std::uint64_t high = dice.below(UINT32_MAX), low = dice.below(UINT32_MAX);
  return dice.coin() ? dice.below(1000) : high << 32 | low;
}

/// A valid place of a model with `latent_size` latents.
inline Place random_place(Dice& dice, int latent_size) {
  Place place{.seed = random_seed(dice)};
  if (dice.below(4) == 0) {
    for (int i = 0; i < latent_size; ++i)
      place.latent.push_back(static_cast<std::int8_t>(dice.between(-128, 127)));
  } else if (dice.coin()) {
    place.x = dice.between(-999000, 999000);
    place.y = dice.between(-999000, 999000);
  }
  if (dice.coin())
    for (std::int8_t& amount : place.amounts)
      amount = static_cast<std::int8_t>(dice.between(-40, 40));
  return place;
}

inline Style random_style(Dice& dice) {
  Style style;
  if (dice.coin()) {
    const int first = dice.between(0, most_layers - 1);
    style.mix = StyleMix{random_seed(dice), {first, dice.between(first, most_layers - 1)}};
  }
  if (dice.coin())
    style.cutoff = dice.between(0, most_layers);
  constexpr Noise::Kind kinds[] = {Noise::Kind::fixed, Noise::Kind::off, Noise::Kind::each, Noise::Kind::seeded};
  style.noise.kind = kinds[dice.below(4)];
  if (style.noise.kind == Noise::Kind::seeded)
    style.noise.seed = random_seed(dice);
  return style;
}

/// A valid state of a model like digits.
inline State random_state(Dice& dice) {
  State state;
  if (dice.below(3) == 0)
    state.model = dice.coin() ? "nouns" : "my model #2&x=1/50%.onnx";
  state.place = random_place(dice, 64);
  state.text.clear();
  for (int i = dice.between(0, 10); i > 0; --i)
    state.text += static_cast<char>('0' + dice.below(10));
  state.vary = dice.coin();
  state.jitter = static_cast<float>(dice.between(0, 1000)) / 1000;
  if (dice.coin())
    state.label = dice.below(10);
  state.columns = dice.between(1, most_columns);
  state.rows = dice.between(1, most_columns);
  state.truncation = static_cast<float>(dice.between(0, 1000)) / 1000;
  if (dice.below(3) == 0)
    state.style = random_style(dice);
  if (dice.below(3) == 0)
    state.trained = dice.below(100000);
  state.upscaling = static_cast<Upscaling>(dice.below(3));
  state.colors = static_cast<ColorMap>(dice.below(4));
  for (int i = dice.below(3) == 0 ? dice.between(1, 5) : 0; i > 0; --i)
    state.animation.keyframes.push_back({.seed = dice.below(1000)});
  if (dice.coin()) {
    state.animation.interpolation = dice.coin() ? Interpolation::linear : Interpolation::spherical;
    state.animation.loop = dice.coin();
    state.animation.reverse = dice.coin();
    state.animation.frames = dice.between(2, most_frames);
    state.animation.milliseconds = dice.between(10, 1000);
  }
  return state;
}

} // namespace ganlet::studio
