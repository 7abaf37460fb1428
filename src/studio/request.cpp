#include "studio/request.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/text.h"
#include "generator/drawing.h"
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

/// As many hands as there is room for: all of them together are one request's text, and a text over several rows has
/// one.
int hands_of(const State& state) {
  const int most = static_cast<int>(DrawRequest().text_limit / static_cast<std::int64_t>(state.text.size()));
  return wraps_text(state) ? 1 : std::min(state.rows, most);
}

/// What tells an image from the first one.
struct Spot {
  std::uint64_t further;                   ///< seeds from the state's own
  std::optional<std::uint64_t> position{}; ///< in the text, if that is in one hand
};

/// One spot per image, row by row.
std::vector<Spot> spots_of(const State& state, const ModelFacts& model) {
  std::vector<Spot> spots;
  if (!writes_text(state, model)) {
    for (int i = 0; i < state.columns * state.rows; ++i)
      spots.push_back({static_cast<std::uint64_t>(i)});
    return spots;
  }
  for (int hand = 0; hand < hands_of(state); ++hand)
    for (std::size_t i = 0; i < state.text.size(); ++i) {
      if (state.vary)
        spots.push_back({spots.size()});
      else
        spots.push_back({static_cast<std::uint64_t>(hand), i});
    }
  return spots;
}

/// The class of the whole grid, unless it is one of another model.
std::optional<std::int64_t> label_of(const State& state, const ModelFacts& model) {
  return state.label && *state.label < static_cast<std::int64_t>(model.labels.size()) ? state.label : std::nullopt;
}

/// What requests for other images have in common with the state's own: truncation, and styles within the layers that
/// the model has.
DrawRequest look_of(const State& state, const ModelFacts& model) {
  DrawRequest request;
  if (can_truncate(state, model))
    request.truncation = state.truncation;
  if (!draws_by_styles(state, model))
    return request;
  const Style& style = state.style;
  const std::int64_t last_layer = model.style.layers - 1;
  if (style.mix)
    request.mix = StyleMix{
        style.mix->seed, {std::min(style.mix->layers.first, last_layer), std::min(style.mix->layers.last, last_layer)}};
  if (style.cutoff)
    request.cutoff = std::min<std::int64_t>(*style.cutoff, model.style.layers);
  request.noise = style.noise;
  return request;
}

/// The state's request as if its place were only a seed. The model resolves it: which classes the text or the grid has,
/// and which latents the seeds.
DrawRequest request_of_seed(const State& state, const ModelFacts& model) {
  DrawRequest request = look_of(state, model);
  request.seed = state.place.seed;
  if (!writes_text(state, model)) {
    request.count = std::int64_t{state.columns} * state.rows;
    request.columns = request.count > 1 ? state.columns : 0;
    request.label = label_of(state, model);
    return request;
  }
  request.text = state.text;
  request.vary = state.vary;
  request.jitter = state.vary ? 0 : state.jitter;
  const int hands = hands_of(state);
  for (int hand = 1; hand < hands; ++hand)
    *request.text += state.text;
  if (hands > 1 || wraps_text(state))
    request.columns = grid_of(state, model).columns;
  return request;
}

/// Gives each image of a text a seed of its own, where requests know only one hand. What is left to do is to vary the
/// hands.
void use_own_seeds(const State& state, const std::vector<Spot>& spots, DrawRequest& request) {
  if (!request.text || request.vary)
    return;
  request.vary = true;
  request.jitter = 0;
  for (const Spot& spot : spots)
    request.seeds.push_back(state.place.seed + spot.further);
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
    jitter(state.jitter, place.seed + spot.further, *spot.position, model.distribution, latent);
  return latent;
}

void append(const std::vector<float>& more, std::vector<float>& to) {
  to.insert(to.end(), more.begin(), more.end());
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

/// The text, or the beginning of a long one.
std::string text_in_words(const State& state) {
  if (wraps_text(state))
    return concat(state.text.substr(0, most_columns), "... (",
                  with_commas(static_cast<std::int64_t>(state.text.size())), " digits)");
  const int hands = hands_of(state);
  return hands > 1 ? concat(state.text, ", in ", hands, " hands") : state.text;
}

} // namespace

std::vector<float> latent_of(const Place& place, const ModelFacts& model, std::uint64_t further) {
  const auto size = static_cast<std::size_t>(model.latent_size);
  std::vector<float> latent = place.latent.size() == size ? from_steps(place.latent) : on_plane(place, model, further);
  if (!model.directions.of_styles)
    move_along(place, model, latent);
  if (model.distribution == Distribution::uniform)
    for (float& value : latent)
      value = std::clamp(value, -1.0F, 1.0F);
  return latent;
}

DrawRequest first_of(const DrawRequest& request, const ModelFacts& model) {
  DrawRequest first;
  if (request.text)
    first.text = symbols_of(*request.text).front();
  first.vary = request.vary;
  first.jitter = request.jitter;
  first.label = request.label;
  first.seed = request.seeds.empty() ? request.seed : request.seeds.front();
  const auto size = std::min(request.latents.size(), static_cast<std::size_t>(model.latent_size));
  first.latents.assign(request.latents.begin(), request.latents.begin() + static_cast<std::ptrdiff_t>(size));
  first.truncation = request.truncation;
  return first;
}

bool writes_text(const State& state, const ModelFacts& model) {
  return model.writes_digits && !state.text.empty();
}

bool wraps_text(const State& state) {
  return state.text.size() > static_cast<std::size_t>(most_columns);
}

Grid grid_of(const State& state, const ModelFacts& model) {
  if (!writes_text(state, model))
    return {state.columns, state.rows};
  const int symbols = static_cast<int>(state.text.size()), columns = std::min(symbols, most_columns);
  return {columns, (hands_of(state) * symbols + columns - 1) / columns};
}

bool draws_by_styles(const State& state, const ModelFacts& model) {
  return model.style.layers > 0 && kept_generator(state, model) == nullptr;
}

const TrainingStep* kept_generator(const State& state, const ModelFacts& model) {
  return nearest_step(model.training, state.trained);
}

bool can_truncate(const State& state, const ModelFacts& model) {
  return model.style.layers == 0 || (model.style.truncates && kept_generator(state, model) == nullptr);
}

DrawRequest request_of_places(std::span<const Place> places, int columns, const State& state, const ModelFacts& model) {
  DrawRequest request = look_of(state, model);
  if (writes_text(state, model)) {
    request.text = std::string(places.size(), state.text.front());
    request.vary = true;
  } else {
    request.count = static_cast<std::int64_t>(places.size());
    request.label = model.labels.empty() ? std::nullopt : std::optional(label_of(state, model).value_or(0));
  }
  request.columns = columns;
  for (const Place& place : places) {
    request.seeds.push_back(place.seed);
    append(latent_of(place, model), request.latents);
    append(shift_of(place, state, model), request.style_shifts);
  }
  return request;
}

DrawRequest request_of(const State& state, const ModelFacts& model) {
  DrawRequest request = request_of_seed(state, model);
  const std::vector<Spot> spots = spots_of(state, model);
  const bool has_hands = writes_text(state, model) && hands_of(state) > 1,
             varies_hands = has_hands && request.jitter > 0;
  if (has_hands)
    use_own_seeds(state, spots, request);
  if (state.place.is_plain() && !varies_hands)
    return request;
  request.style_shifts = shift_of(state.place, state, model); // the same for all
  if (request.text && !request.vary) {
    request.latents = latent_of(state.place, model); // of the hand, which the model varies
    return request;
  }
  for (const Spot& spot : spots)
    append(latent_at(spot, state.place, state, model), request.latents);
  return request;
}

DrawRequest request_of_frame(const State& state, const ModelFacts& model, int frame) {
  const Animation& animation = state.animation;
  if (animation.keyframes.empty())
    return request_of(state, model);
  DrawRequest request = request_of_seed(state, model);
  const std::vector<Spot> spots = spots_of(state, model);
  use_own_seeds(state, spots, request);
  const int shown = std::clamp(animation.reverse ? animation.frames - 1 - frame : frame, 0, animation.frames - 1);
  const auto on_the_way = [&](auto numbers_of, Interpolation interpolation) {
    std::vector<float> keyframes;
    std::size_t size = 0;
    for (const Place& place : animation.keyframes) {
      const std::vector<float> numbers = numbers_of(place);
      size = numbers.size();
      append(numbers, keyframes);
    }
    return size == 0 ? std::vector<float>()
                     : Walk{keyframes, size, interpolation, animation.loop}.latent(shown, animation.frames);
  };
  request.style_shifts =
      on_the_way([&](const Place& place) { return shift_of(place, state, model); }, Interpolation::linear);
  for (const Spot& spot : spots) {
    const auto latent_here = [&](const Place& place) { return latent_at(spot, place, state, model); };
    append(on_the_way(latent_here, animation.interpolation), request.latents);
  }
  return request;
}

std::int64_t images_of(const DrawRequest& request) {
  return request.text ? static_cast<std::int64_t>(symbols_of(*request.text).size()) : request.count;
}

std::vector<std::int8_t> to_steps(const std::vector<float>& latent) {
  std::vector<std::int8_t> steps(latent.size());
  std::ranges::transform(latent, steps.begin(), [](float value) {
    return static_cast<std::int8_t>(std::clamp(std::floor(value / latent_step + 0.5F), -128.0F, 127.0F));
  });
  return steps;
}

std::optional<Settings> flags_of(const State& state, const ModelFacts& model) {
  const DrawRequest request = request_of(state, model);
  if (!request.latents.empty() || !request.seeds.empty() || !request.style_shifts.empty())
    return std::nullopt;
  Settings flags = settings_of(request);
  if (request.seed == 0)
    flags.emplace_back("seed", "0"); // people look for it
  if (const TrainingStep* kept = kept_generator(state, model))
    flags.emplace_back("part", kept->part);
  for (auto& [name, value] : flags)
    if (name == "vary")
      value.clear();
  // What is drawn comes first, and then how.
  constexpr std::array<std::string_view, 8> first{"text",    "vary",  "jitter", "count",
                                                  "columns", "label", "part",   "seed"};
  std::ranges::stable_sort(flags, {}, [&](const auto& flag) { return std::ranges::find(first, flag.first); });
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

PictureTexts origin_of(const State& state, const ModelFacts& model) {
  return {{"Software", "ganlet"},
          {"ganlet model", concat(model.name, "@", model.about.version)},
          {"ganlet link", link_of(state).fragment}};
}

std::string description_of(const State& state, const ModelFacts& model) {
  std::string what = model.about.title;
  if (writes_text(state, model))
    what = text_in_words(state);
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
