#include "studio/request.h"

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

std::vector<float> set_by_hand(const Place& place) {
  std::vector<float> latent(place.latent.size());
  std::ranges::transform(place.latent, latent.begin(),
                         [](std::int8_t steps) { return static_cast<float>(steps) * latent_step; });
  return latent;
}

struct Spot {
  std::uint64_t further; ///< seeds from the state's own
  std::int64_t label;
  std::optional<std::uint64_t> position{}; ///< in the text, if that is in one hand
};

/// One spot per image, row by row.
std::vector<Spot> spots_of(const State& state, const ModelFacts& model) {
  std::vector<Spot> spots;
  if (writes_text(state, model)) {
    for (int row = 0; row < state.rows; ++row)
      for (std::size_t i = 0; i < state.text.size(); ++i) {
        const std::string name(1, state.text[i]);
        const auto label = std::ranges::find(model.labels, name) - model.labels.begin();
        const std::uint64_t hand =
            state.vary ? static_cast<std::uint64_t>(row) * state.text.size() + i : static_cast<std::uint64_t>(row);
        spots.push_back({hand, label, state.vary ? std::nullopt : std::optional<std::uint64_t>(i)});
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

/// Sets the style fields of a request for pictures of these seeds, limited to the layers that the model has.
void set_style(const State& state, const std::vector<std::uint64_t>& seeds, const ModelFacts& model,
               DrawRequest& request) {
  const Style& style = state.style;
  const std::int64_t last_layer = model.style.layers - 1;
  if (style.mix)
    request.mix = StyleMix{
        style.mix->seed, {std::min(style.mix->layers.first, last_layer), std::min(style.mix->layers.last, last_layer)}};
  if (style.cutoff)
    request.cutoff = std::min<std::int64_t>(*style.cutoff, model.style.layers);
  request.noise = style.noise;
  if (style.noise.kind == Noise::Kind::each)
    request.seeds = seeds;
}

/// A request for pictures of these seeds, without images yet.
DrawRequest empty_request(int columns, const std::vector<std::uint64_t>& seeds, const State& state,
                          const ModelFacts& model) {
  DrawRequest request;
  request.count = 0;
  request.columns = columns;
  if (can_truncate(state, model))
    request.truncation = static_cast<float>(state.truncation) / 100;
  if (draws_by_styles(state, model))
    set_style(state, seeds, model, request);
  return request;
}

DrawRequest empty_request(const std::vector<Spot>& spots, const State& state, const ModelFacts& model) {
  std::vector<std::uint64_t> seeds;
  for (const Spot& spot : spots)
    seeds.push_back(state.place.seed + spot.further);
  return empty_request(writes_text(state, model) ? static_cast<int>(state.text.size()) : state.columns, seeds, state,
                       model);
}

/// Moves along each direction by `place.amounts`.
void move_along(const Place& place, const ModelFacts& model, std::vector<float>& numbers) {
  const auto size = static_cast<std::size_t>(model.directions.size);
  for (std::size_t k = 0; k < most_directions && (k + 1) * size <= model.directions.values.size(); ++k)
    for (std::size_t i = 0; place.amounts[k] != 0 && i < std::min(size, numbers.size()); ++i)
      numbers[i] += static_cast<float>(place.amounts[k]) * amount_step * model.directions.values[k * size + i];
}

/// How far a place moves styles; empty if the directions are of latents, or if no styles are used.
std::vector<float> shift_of(const Place& place, const State& state, const ModelFacts& model) {
  const bool moves_styles = model.directions.of_styles && draws_by_styles(state, model);
  std::vector<float> shift(moves_styles ? static_cast<std::size_t>(model.directions.size) : 0);
  move_along(place, model, shift);
  return shift;
}

/// The latent of an image whose seed, for the first spot, is that of the place.
std::vector<float> latent_at(const Spot& spot, const Place& place, const State& state, const ModelFacts& model) {
  std::vector<float> latent = latent_of(place, model, spot.further);
  if (spot.position)
    jitter(static_cast<float>(state.jitter) / 100, place.seed + spot.further, *spot.position, model.distribution,
           latent);
  return latent;
}

void add(const Spot& spot, const std::vector<float>& latent, const std::vector<float>& shift, const ModelFacts& model,
         DrawRequest& request) {
  ++request.count;
  request.style_shifts.insert(request.style_shifts.end(), shift.begin(), shift.end());
  request.latents.insert(request.latents.end(), latent.begin(), latent.end());
  if (!model.labels.empty())
    request.labels.push_back(spot.label);
}

std::string quoted(const std::string& text) {
  const bool is_plain = std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-' || c == '/' || c == ':';
  });
  if (is_plain)
    return text;
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

Settings style_flags(const Style& style) {
  DrawRequest request;
  request.mix = style.mix;
  request.cutoff = style.cutoff;
  request.noise = style.noise;
  return settings_of(request);
}

/// Whether `ganlet generate` can draw the same: it has seeds but no places between them, and one class for a whole
/// grid.
bool is_within_generate(const State& state, const ModelFacts& model) {
  return state.place.is_plain() && !(writes_text(state, model) && state.rows > 1);
}

} // namespace

std::vector<float> latent_of(const Place& place, const ModelFacts& model, std::uint64_t further) {
  const auto size = static_cast<std::size_t>(model.latent_size);
  std::vector<float> latent = place.latent.size() == size ? set_by_hand(place) : on_plane(place, model, further);
  if (!model.directions.of_styles)
    move_along(place, model, latent);
  if (model.distribution == Distribution::uniform)
    for (float& value : latent)
      value = std::clamp(value, -1.0F, 1.0F);
  return latent;
}

std::vector<float> first_latent(const DrawRequest& request, const ModelFacts& model) {
  std::vector<float> latent(request.latents.begin(), request.latents.begin() + model.latent_size);
  truncate(model.style.layers > 0 ? 1 : request.truncation, {}, latent);
  return latent;
}

bool writes_text(const State& state, const ModelFacts& model) {
  return model.writes_digits && !state.text.empty();
}

bool draws_by_styles(const State& state, const ModelFacts& model) {
  return model.style.layers > 0 && kept_generator(state, model) == nullptr;
}

const TrainingStep* kept_generator(const State& state, const ModelFacts& model) {
  if (!state.trained || model.training.empty())
    return nullptr;
  const auto distance = [&](const TrainingStep& step) { return std::abs(step.step - *state.trained); };
  const auto nearest = std::ranges::min_element(model.training, {}, distance);
  return &*nearest == &model.training.back() ? nullptr : &*nearest;
}

bool can_truncate(const State& state, const ModelFacts& model) {
  return model.style.layers == 0 || (model.style.truncates && kept_generator(state, model) == nullptr);
}

DrawRequest request_of_places(std::span<const Place> places, int columns, const State& state, const ModelFacts& model) {
  std::vector<std::uint64_t> seeds;
  for (const Place& place : places)
    seeds.push_back(place.seed);
  DrawRequest request = empty_request(columns, seeds, state, model);
  const std::vector<Spot> spots = spots_of(state, model);
  for (const Place& place : places)
    add(spots.front(), latent_of(place, model), shift_of(place, state, model), model, request);
  return request;
}

DrawRequest request_of(const State& state, const ModelFacts& model) {
  const std::vector<Spot> spots = spots_of(state, model);
  DrawRequest request = empty_request(spots, state, model);
  for (const Spot& spot : spots)
    add(spot, latent_at(spot, state.place, state, model), shift_of(state.place, state, model), model, request);
  return request;
}

DrawRequest request_of_frame(const State& state, const ModelFacts& model, int frame) {
  const Animation& animation = state.animation;
  if (animation.keyframes.empty())
    return request_of(state, model);
  const std::vector<Spot> spots = spots_of(state, model);
  DrawRequest request = empty_request(spots, state, model);
  const int shown = std::clamp(animation.reverse ? animation.frames - 1 - frame : frame, 0, animation.frames - 1);
  const auto on_the_way = [&](auto numbers_of, Interpolation interpolation) {
    std::vector<float> keyframes;
    std::size_t size = 0;
    for (const Place& place : animation.keyframes) {
      const std::vector<float> numbers = numbers_of(place);
      size = numbers.size();
      keyframes.insert(keyframes.end(), numbers.begin(), numbers.end());
    }
    return size == 0 ? std::vector<float>()
                     : Walk{keyframes, size, interpolation, animation.loop}.latent(shown, animation.frames);
  };
  const std::vector<float> shift =
      on_the_way([&](const Place& place) { return shift_of(place, state, model); }, Interpolation::linear);
  for (const Spot& spot : spots) {
    const auto latent_here = [&](const Place& place) { return latent_at(spot, place, state, model); };
    add(spot, on_the_way(latent_here, animation.interpolation), shift, model, request);
  }
  return request;
}

std::vector<std::int8_t> to_steps(const std::vector<float>& latent) {
  std::vector<std::int8_t> steps(latent.size());
  std::ranges::transform(latent, steps.begin(), [](float value) {
    return static_cast<std::int8_t>(std::clamp(std::floor(value / latent_step + 0.5F), -128.0F, 127.0F));
  });
  return steps;
}

std::optional<Settings> flags_of(const State& state, const ModelFacts& model) {
  if (!is_within_generate(state, model))
    return std::nullopt;
  Settings flags;
  if (writes_text(state, model)) {
    flags.emplace_back("text", state.text);
    if (state.vary)
      flags.emplace_back("vary", "");
    else if (state.jitter != 0)
      flags.emplace_back("jitter", concat(static_cast<double>(state.jitter) / 100));
  } else {
    if (state.columns * state.rows > 1) {
      flags.emplace_back("count", std::to_string(state.columns * state.rows));
      flags.emplace_back("columns", std::to_string(state.columns));
    }
    if (state.label && !model.labels.empty())
      flags.emplace_back("label", std::to_string(*state.label));
  }
  if (const TrainingStep* kept = kept_generator(state, model))
    flags.emplace_back("part", kept->part);
  flags.emplace_back("seed", std::to_string(state.place.seed));
  if (state.truncation != 100)
    flags.emplace_back("truncation", concat(static_cast<double>(state.truncation) / 100));
  if (draws_by_styles(state, model))
    std::ranges::copy(style_flags(state.style), std::back_inserter(flags));
  return flags;
}

std::string command_of(const State& state, const ModelFacts& model) {
  const std::optional<Settings> flags = flags_of(state, model);
  if (!flags)
    return concat("ganlet-studio '#", link_of(state).fragment, "'");
  std::string command = concat("ganlet generate ", quoted(state.model));
  for (const auto& [name, value] : *flags)
    command += concat(" --", name, value.empty() ? "" : concat(" ", quoted(value)));
  return command + " -o picture.png";
}

std::string description_of(const State& state, const ModelFacts& model) {
  std::string what = model.about.title;
  if (writes_text(state, model))
    what = concat(state.text, state.rows > 1 ? concat(", in ", state.rows, " hands") : std::string());
  else if (state.columns * state.rows > 1)
    what += concat(", ", state.columns, " by ", state.rows, " pictures");
  std::string where = concat("seed ", std::to_string(state.place.seed));
  if (!state.place.latent.empty())
    where = "a latent set by hand";
  else if (!state.place.is_plain())
    where += ", moved";
  std::string how;
  if (const TrainingStep* kept = kept_generator(state, model))
    how = concat(", after ", kept->step, " steps of training");
  else if (draws_by_styles(state, model) && state.style.mix)
    how = concat(", with the style of seed ", std::to_string(state.style.mix->seed));
  return concat(what, ", ", where, how);
}

} // namespace ganlet::studio
