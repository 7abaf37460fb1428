#include "studio/plan.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "generator/latent.h"
#include "studio/link.h"

namespace ganlet::studio {

namespace {

struct Cell {
  std::int64_t index; ///< of the seed before the place
  double part;        ///< of the way to the next, in [0, 1)
};

Cell cell_of(std::int32_t position) {
  const std::int32_t index = position >= 0 ? position / thousandths : -((-position + thousandths - 1) / thousandths);
  return {index, static_cast<double>(position - index * thousandths) / thousandths};
}

/// Adds `weight` times the latent of a seed.
void blend(std::uint64_t seed, double weight, const ModelFacts& model, std::vector<float>& scratch,
           std::vector<float>& out) {
  if (weight == 0)
    return;
  fill_latent(seed, model.distribution, scratch);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] += static_cast<float>(weight) * scratch[i];
}

std::vector<float> on_plane(const Place& place, const ModelFacts& model, std::uint64_t further) {
  const Cell x = cell_of(place.x), y = cell_of(place.y);
  const double weights[4] = {(1 - x.part) * (1 - y.part), x.part * (1 - y.part), (1 - x.part) * y.part,
                             x.part * y.part};
  const double length =
      std::sqrt(weights[0] * weights[0] + weights[1] * weights[1] + weights[2] * weights[2] + weights[3] * weights[3]);
  const auto size = static_cast<std::size_t>(model.latent_size);
  std::vector<float> out(size), scratch(size);
  const std::uint64_t corner =
      place.seed + further + static_cast<std::uint64_t>(x.index) + seeds_a_row * static_cast<std::uint64_t>(y.index);
  for (std::uint64_t i = 0; i < 4; ++i)
    blend(corner + i % 2 + i / 2 * seeds_a_row, weights[i] / length, model, scratch, out);
  return out;
}

struct Spot {
  std::uint64_t further; ///< seeds from the state's own
  std::int64_t label;
};

/// One for each image, row by row.
std::vector<Spot> spots_of(const State& state, const ModelFacts& model) {
  std::vector<Spot> spots;
  if (writes_text(state, model)) {
    for (int row = 0; row < state.rows; ++row)
      for (std::size_t i = 0; i < state.text.size(); ++i) {
        const std::string name(1, state.text[i]);
        const auto label = std::ranges::find(model.labels, name) - model.labels.begin();
        const std::uint64_t hand =
            state.vary ? static_cast<std::uint64_t>(row) * state.text.size() + i : static_cast<std::uint64_t>(row);
        spots.push_back({hand, label});
      }
    return spots;
  }
  const auto classes = static_cast<std::int64_t>(model.labels.size());
  const int count = state.columns * state.rows;
  for (int i = 0; i < count; ++i) {
    const std::int64_t turn = classes > 0 ? i % classes : 0;
    const bool fixed = state.label && *state.label < classes;
    spots.push_back({static_cast<std::uint64_t>(i), fixed ? *state.label : turn});
  }
  return spots;
}

Plan empty_plan(const State& state, const ModelFacts& model) {
  Plan plan;
  plan.columns = writes_text(state, model) ? static_cast<int>(state.text.size()) : state.columns;
  plan.truncation = static_cast<float>(state.truncation) / 100;
  return plan;
}

void add(const Spot& spot, const std::vector<float>& latent, const ModelFacts& model, Plan& plan) {
  plan.latents.insert(plan.latents.end(), latent.begin(), latent.end());
  if (!model.labels.empty())
    plan.labels.push_back(spot.label);
}

std::string quoted(const std::string& text) {
  const bool is_plain = std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-' || c == '/';
  });
  if (is_plain)
    return text;
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// Whether `ganlet generate` draws the same: it has seeds, but no places between them, and one class for a whole grid.
bool is_within_generate(const State& state, const ModelFacts& model) {
  return state.place.is_plain() && !(writes_text(state, model) && state.rows > 1);
}

} // namespace

Request Plan::request(const ModelFacts& model) const {
  Request request;
  request.count = images(model);
  request.latents = latents;
  request.labels = labels;
  request.truncation = truncation;
  return request;
}

std::vector<float> latent_of(const Place& place, const ModelFacts& model, std::uint64_t further) {
  const auto size = static_cast<std::size_t>(model.latent_size);
  if (place.latent.size() == size) {
    std::vector<float> latent(size);
    std::ranges::transform(place.latent, latent.begin(),
                           [](std::int8_t steps) { return static_cast<float>(steps) * latent_step; });
    return latent;
  }
  std::vector<float> latent = on_plane(place, model, further);
  for (std::size_t k = 0; k < most_directions && (k + 1) * size <= model.directions.size(); ++k)
    for (std::size_t i = 0; place.amounts[k] != 0 && i < size; ++i)
      latent[i] += static_cast<float>(place.amounts[k]) * amount_step * model.directions[k * size + i];
  if (model.distribution == Distribution::uniform)
    for (float& value : latent)
      value = std::clamp(value, -1.0F, 1.0F);
  return latent;
}

bool writes_text(const State& state, const ModelFacts& model) {
  return model.writes_digits && !state.text.empty();
}

Plan plan_of(const State& state, const ModelFacts& model) {
  Plan plan = empty_plan(state, model);
  for (const Spot& spot : spots_of(state, model))
    add(spot, latent_of(state.place, model, spot.further), model, plan);
  return plan;
}

Plan frame_of(const State& state, const ModelFacts& model, int frame) {
  const Animation& animation = state.animation;
  if (animation.keyframes.empty())
    return plan_of(state, model);
  Plan plan = empty_plan(state, model);
  const int shown = std::clamp(animation.reverse ? animation.frames - 1 - frame : frame, 0, animation.frames - 1);
  std::vector<float> keyframes;
  for (const Spot& spot : spots_of(state, model)) {
    keyframes.clear();
    for (const Place& place : animation.keyframes) {
      const std::vector<float> latent = latent_of(place, model, spot.further);
      keyframes.insert(keyframes.end(), latent.begin(), latent.end());
    }
    const Walk walk{keyframes, static_cast<std::size_t>(model.latent_size), animation.interpolation, animation.loop};
    add(spot, walk.latent(shown, animation.frames), model, plan);
  }
  return plan;
}

std::vector<std::int8_t> to_steps(const std::vector<float>& latent) {
  std::vector<std::int8_t> steps(latent.size());
  std::ranges::transform(latent, steps.begin(), [](float value) {
    return static_cast<std::int8_t>(std::clamp(std::floor(value / latent_step + 0.5F), -128.0F, 127.0F));
  });
  return steps;
}

std::string command_of(const State& state, const ModelFacts& model) {
  const std::string name = quoted(state.model);
  if (!is_within_generate(state, model))
    return concat("ganlet-studio '#", link_of(state).fragment, "'");
  std::string command = concat("ganlet generate ", name);
  if (writes_text(state, model)) {
    command += concat(" --text ", state.text, state.vary ? " --vary" : "");
  } else {
    if (state.columns * state.rows > 1)
      command += concat(" --count ", state.columns * state.rows, " --columns ", state.columns);
    if (state.label && !model.labels.empty())
      command += concat(" --label ", *state.label);
  }
  command += concat(" --seed ", std::to_string(state.place.seed));
  if (state.truncation != 100)
    command += concat(" --truncation ", static_cast<double>(state.truncation) / 100);
  return command + " -o picture.png";
}

std::string description_of(const State& state, const ModelFacts& model) {
  std::string what = model.title;
  if (writes_text(state, model))
    what = concat(state.text, state.rows > 1 ? concat(", in ", state.rows, " hands") : std::string());
  else if (state.columns * state.rows > 1)
    what += concat(", ", state.columns, " by ", state.rows, " pictures");
  std::string where = concat("seed ", std::to_string(state.place.seed));
  if (!state.place.latent.empty())
    where = "a latent set by hand";
  else if (!state.place.is_plain())
    where += ", moved";
  return concat(what, ", ", where);
}

} // namespace ganlet::studio
