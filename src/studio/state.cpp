#include "studio/state.h"

#include <algorithm>

namespace ganlet::studio {

namespace {

constexpr std::int32_t farthest = 999 * thousandths; ///< on the plane

void make_valid(Place& place) {
  place.x = std::clamp(place.x, -farthest, farthest);
  place.y = std::clamp(place.y, -farthest, farthest);
  if (!place.latent.empty())
    place = {.seed = place.seed, .latent = std::move(place.latent), .amounts = place.amounts};
}

void make_valid(Style& style) {
  if (style.mix) {
    style.mix->layers.first = std::clamp<std::int64_t>(style.mix->layers.first, 0, most_layers - 1);
    style.mix->layers.last = std::clamp<std::int64_t>(style.mix->layers.last, style.mix->layers.first, most_layers - 1);
  }
  if (style.cutoff)
    style.cutoff = std::clamp<std::int64_t>(*style.cutoff, 0, most_layers);
  if (style.noise.kind != Noise::Kind::seeded)
    style.noise.seed = 0;
}

} // namespace

void add_four_seeds(Animation& animation, std::uint64_t seed) {
  const std::uint64_t first = seed + animation.keyframes.size();
  for (std::uint64_t i = 0; i < 4; ++i)
    animation.keyframes.push_back({.seed = first + i});
}

bool is_id(std::string_view name) {
  return name.find_first_of("/\\.") == name.npos;
}

void make_valid(State& state) {
  make_valid(state.place);
  std::erase_if(state.text, [](char c) { return c < '0' || c > '9'; });
  state.text.resize(std::min(state.text.size(), static_cast<std::size_t>(DrawRequest().text_limit)));
  state.columns = std::clamp(state.columns, 1, most_columns);
  state.rows = std::clamp(state.rows, 1, most_columns);
  state.truncation = std::clamp(state.truncation, 0.0F, 1.0F);
  state.jitter = std::clamp(state.jitter, 0.0F, 1.0F);
  make_valid(state.style);
  if (state.trained && *state.trained < 0)
    state.trained.reset();
  if (state.label && *state.label < 0)
    state.label.reset();
  Animation& animation = state.animation;
  if (animation.keyframes.size() > most_keyframes)
    animation.keyframes.resize(most_keyframes);
  std::ranges::for_each(animation.keyframes, [](Place& place) { make_valid(place); });
  animation.frames = std::clamp(animation.frames, 2, most_frames);
  animation.milliseconds = std::clamp(animation.milliseconds, 10, 1000);
}

} // namespace ganlet::studio
