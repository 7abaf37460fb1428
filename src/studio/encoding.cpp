#include "studio/encoding.h"

#include <algorithm>
#include <cmath>

#include "studio/plan.h"

namespace ganlet::studio {

namespace {

std::int64_t squared_difference(const Image& a, const Image& b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < std::min(a.pixels.size(), b.pixels.size()); ++i) {
    const int by = int{a.pixels[i]} - int{b.pixels[i]};
    sum += std::int64_t{by} * by;
  }
  return sum;
}

} // namespace

Result<Encoded> encode(LoadedModel& model, const Image& picture) {
  if (!model.encoder)
    GANLET_CHECK(load_encoder(model));
  Encoded encoded;
  GANLET_TRY(encoded.seen, model.encoder->prepared(picture));
  GANLET_TRY(encoded.latent, model.encoder->encode(picture));
  const auto classes = static_cast<std::int64_t>(model.facts.labels.size());
  Request request;
  request.count = std::max<std::int64_t>(classes, 1);
  std::vector<float> latents;
  for (std::int64_t i = 0; i < request.count; ++i)
    latents.insert(latents.end(), encoded.latent.begin(), encoded.latent.end());
  request.latents = latents;
  GANLET_TRY(encoded.drawn, model.generator.generate(request)); // picture i is of class i
  const auto nearest = std::ranges::min_element(
      encoded.drawn, {}, [&](const Image& drawn) { return squared_difference(drawn, encoded.seen); });
  encoded.nearest = static_cast<std::size_t>(nearest - encoded.drawn.begin());
  return encoded;
}

State with_encoded(State state, const Encoded& encoded, const ModelFacts& model) {
  state.place = {.seed = state.place.seed, .latent = to_steps(encoded.latent)};
  state.trained.reset();
  if (writes_text(state, model)) {
    state.rows = 1; // every hand would be this one
    return state;
  }
  if (!model.labels.empty())
    return with_all_classes(std::move(state), model);
  state.columns = state.rows = 1;
  return state;
}

State with_all_classes(State state, const ModelFacts& model) {
  state.text.clear();
  state.label.reset();
  const int classes = std::clamp(static_cast<int>(model.labels.size()), 1, most_columns * most_columns);
  const int square = static_cast<int>(std::sqrt(classes));
  state.rows = square;
  while (classes % state.rows != 0)
    --state.rows;
  if (classes > 4 * state.rows * state.rows && classes > 7) // a long strip
    state.rows = square;
  state.columns = (classes + state.rows - 1) / state.rows;
  return state;
}

} // namespace ganlet::studio
