#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"
#include "generator/generator.h"
#include "studio/state.h"

/// From a state to what a generator is asked for.
namespace ganlet::studio {

/// Seeds from one row of the plane to the next; a round number, so that people can tell where they are.
inline constexpr std::uint64_t seeds_a_row = 1000;

/// Images to draw, side by side in rows of `columns`.
struct Plan {
  int columns = 1;
  std::vector<float> latents;       ///< (images, latent size), row-major
  std::vector<std::int64_t> labels; ///< one for each image, or none for models without classes
  float truncation = 1;

  bool operator==(const Plan&) const = default;
  std::int64_t images(const ModelFacts& model) const {
    return static_cast<std::int64_t>(latents.size()) / model.latent_size;
  }
  /// The images from `first` on; refers to this plan.
  Request request(const ModelFacts& model) const;
};

/// The latent of a place whose seeds are `further` on. On the plane the four nearest seeds are blended by the areas
/// opposite to them, and the blend of normal latents is brought back to their variance: weights w give a variance of
/// the sum of w^2.
std::vector<float> latent_of(const Place& place, const ModelFacts& model, std::uint64_t further = 0);

/// Whether the state writes its text with this model, rather than filling its grid.
bool writes_text(const State& state, const ModelFacts& model);

/// What the state shows.
Plan plan_of(const State& state, const ModelFacts& model);
/// What its animation shows in a frame, 0 to `animation.frames` - 1. Without keyframes it's what the state shows.
Plan frame_of(const State& state, const ModelFacts& model, int frame);

/// A latent in `latent_step`s, for `Place::latent`.
std::vector<std::int8_t> to_steps(const std::vector<float>& latent);

/// The `ganlet` command that draws the state into a file; where it has no words for it, the studio's own.
std::string command_of(const State& state, const ModelFacts& model);

/// What is shown, in a sentence for people who don't see it.
std::string description_of(const State& state, const ModelFacts& model);

} // namespace ganlet::studio
