#include "studio/encoding.h"

#include <algorithm>
#include <cmath>

#include "studio/plan.h"

namespace ganlet::studio {

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
