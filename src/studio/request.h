#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "generator/draw_request.h"
#include "studio/state.h"

/// From a state to what a generator is asked for.
namespace ganlet::studio {

/// Seeds from one row of the plane to the next; a round number, so that people can tell where they are.
inline constexpr std::uint64_t seeds_a_row = 1000;

/// The latent of a place whose seeds are `further` on. On the plane the four nearest seeds are blended by the areas
/// opposite to them, and the blend of normal latents is brought back to their variance: weights w give a variance of
/// the sum of w^2.
std::vector<float> latent_of(const Place& place, const ModelFacts& model, std::uint64_t further = 0);

/// The first image's latent as the generator as a whole gets it: truncated, unless styles are truncated in its place.
std::vector<float> first_latent(const DrawRequest& request, const ModelFacts& model);

/// Whether the state writes its text with this model, rather than filling its grid.
bool writes_text(const State& state, const ModelFacts& model);

/// Whether mapping and synthesis networks draw the state, which a generator kept on the way of training doesn't have.
bool draws_by_styles(const State& state, const ModelFacts& model);

/// The kept generator that the state is drawn with: that nearest to its step. Nothing for the model as it is.
const TrainingStep* kept_generator(const State& state, const ModelFacts& model);

/// Whether truncating does something: style-based models have to have a mean style, and to be drawn as they are.
bool can_truncate(const State& state, const ModelFacts& model);

/// What the state shows.
DrawRequest request_of(const State& state, const ModelFacts& model);
/// What its animation shows in a frame, 0 to `animation.frames` - 1. Without keyframes it's what the state shows.
DrawRequest request_of_frame(const State& state, const ModelFacts& model, int frame);

/// Other places side by side in rows of `columns`, otherwise as the state has it; of one class, that of its first
/// picture.
DrawRequest request_of_places(std::span<const Place> places, int columns, const State& state, const ModelFacts& model);

/// A latent in `latent_step`s, for `Place::latent`.
std::vector<std::int8_t> to_steps(const std::vector<float>& latent);

/// The `ganlet` command that draws the state into a file; where it has no words for it, the studio's own.
std::string command_of(const State& state, const ModelFacts& model);

/// What is shown, in a sentence for people who don't see it.
std::string description_of(const State& state, const ModelFacts& model);

} // namespace ganlet::studio
