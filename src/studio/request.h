#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "generator/draw_request.h"
#include "image/png_writer.h"
#include "studio/state.h"

/// Turns a state into a request to a generator.
namespace ganlet::studio {

/// The distance in seeds between rows of the plane; a round number, so that people can tell where they are.
inline constexpr std::uint64_t seeds_a_row = 1000;

/// The latent of a place whose seeds are `further` on. On the plane, the four nearest seeds are blended, each weighted
/// by the area opposite to it, and the blend of normal latents is scaled to their variance: weights w give a variance
/// of the sum of w^2.
std::vector<float> latent_of(const Place& place, const ModelFacts& model, std::uint64_t further = 0);

/// The request for a request's first image alone, as the whole generator draws it: without what only mapping and
/// synthesis networks do.
DrawRequest first_of(const DrawRequest& request, const ModelFacts& model);

/// Whether the state writes its text with this model, instead of filling its grid.
bool writes_text(const State& state, const ModelFacts& model);

/// Whether the text is so long that it is written over several rows, of `most_columns` symbols.
bool wraps_text(const State& state);

struct Grid {
  int columns = 1, rows = 1;
};
/// How the state's images are arranged.
Grid grid_of(const State& state, const ModelFacts& model);

/// Whether mapping and synthesis networks draw the state; generators kept during training don't have them.
bool draws_by_styles(const State& state, const ModelFacts& model);

/// The kept generator that draws the state, whose step is nearest; null for the model itself.
const TrainingStep* kept_generator(const State& state, const ModelFacts& model);

/// Whether truncation has an effect: a style-based model needs a mean style and must not be replaced by a kept
/// generator.
bool can_truncate(const State& state, const ModelFacts& model);

/// The request for what the state shows. Where its place is only a seed, that is a request that people could make, by
/// seed, text, class and count, and the model resolves it.
DrawRequest request_of(const State& state, const ModelFacts& model);
/// The request for a frame of its animation, 0 to `animation.frames` - 1. Without keyframes it is what the state shows.
DrawRequest request_of_frame(const State& state, const ModelFacts& model, int frame);

/// The request for other places side by side, in rows of `columns`, with everything else as in the state; all in the
/// class of its first picture.
DrawRequest request_of_places(std::span<const Place> places, int columns, const State& state, const ModelFacts& model);

/// A latent in units of `latent_step`, for `Place::latent`.
std::vector<std::int8_t> to_steps(const std::vector<float>& latent);

/// Settings by name, without values for those that are only on or off.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// The number of its images.
std::int64_t images_of(const DrawRequest& request);

/// The flags of `ganlet generate` that draw the state, which are attributes of <ganlet-image> as well: the fields of
/// its request. None if that has latents, styles or seeds of its own, as for places between seeds and for several
/// hands.
std::optional<Settings> flags_of(const State& state, const ModelFacts& model);

/// The `ganlet` command that draws the state into a file; if `ganlet` can't, the studio's own command.
std::string command_of(const State& state, const ModelFacts& model);

/// What saved pictures and animations say of themselves: the model's id and version, and a link to the state.
PictureTexts origin_of(const State& state, const ModelFacts& model);

/// A sentence that describes what is shown, for people who can't see it.
std::string description_of(const State& state, const ModelFacts& model);

} // namespace ganlet::studio
