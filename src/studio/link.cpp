#include "studio/link.h"

#include <algorithm>
#include <iterator>

#include "core/base64.h"
#include "core/text.h"

namespace ganlet::studio {

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view plain = "-._~/,:";
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || plain.find(c) != plain.npos;
    if (is_plain)
      out += c;
    else
      out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

namespace {

constexpr std::size_t most_settings = 64;

int hex_digit(char c) {
  const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c + ('a' - 'A')) : c;
  if (lower >= '0' && lower <= '9')
    return lower - '0';
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool decode(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0)
        return false;
      out += static_cast<char>(16 * hex_digit(text[i + 1]) + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
    if (static_cast<unsigned char>(out.back()) < 0x20)
      return false;
  }
  return true;
}

/// Appends settings as long as there is room.
class LinkWriter {
 public:
  explicit LinkWriter(std::size_t longest) : longest_(longest) {}
  void add(std::string_view name, std::string_view value, std::string_view in_words) {
    const std::string setting = concat(link_.fragment.empty() ? "" : "&", name, "=", value);
    if (link_.fragment.size() + setting.size() > longest_)
      link_.left_out.emplace_back(in_words);
    else
      link_.fragment += setting;
  }
  Link take() && { return std::move(link_); }

 private:
  std::size_t longest_;
  Link link_;
};

std::string in_base64(std::span<const std::int8_t> numbers) {
  return to_base64(std::as_bytes(numbers), Base64::url);
}

/// "seed", or for other places "seed:x:y:amounts:latent", with the last two in base64url.
std::string text_of(const Place& place) {
  std::string text = std::to_string(place.seed);
  if (!place.is_plain())
    text += concat(":", place.x, ":", place.y, ":", in_base64(place.amounts), ":", in_base64(place.latent));
  return text;
}

void add_place(const Place& place, const Place& fresh, LinkWriter& link) {
  if (place.seed != fresh.seed)
    link.add("seed", std::to_string(place.seed), "the seed");
  if (!place.latent.empty())
    link.add("z", in_base64(place.latent), "the latent set by hand");
  if (place.x != 0 || place.y != 0)
    link.add("at", concat(place.x, ",", place.y), "the place between seeds");
  std::string amounts;
  const auto last =
      std::ranges::find_if(place.amounts.rbegin(), place.amounts.rend(), [](std::int8_t a) { return a != 0; });
  for (auto amount = place.amounts.begin(); amount != last.base(); ++amount)
    amounts += concat(amounts.empty() ? "" : ",", int{*amount});
  if (!amounts.empty())
    link.add("move", amounts, "the directions' sliders");
}

/// Adds the part of the state that requests have too, written as in requests, with each setting's name in words.
void add_shared(const State& state, LinkWriter& link) {
  constexpr std::pair<std::string_view, std::string_view> words[] = {{"vary", "varying hands"},
                                                                     {"jitter", "how digits vary"},
                                                                     {"label", "the label"},
                                                                     {"mix", "the mixed style"},
                                                                     {"truncation", "the truncation"},
                                                                     {"noise", "the noise"},
                                                                     {"cutoff", "the truncation's cutoff"},
                                                                     {"step", "the step of training"}};
  DrawRequest request{.vary = state.vary, .label = state.label, .cutoff = state.style.cutoff, .mix = state.style.mix};
  request.jitter = state.jitter;
  request.truncation = state.truncation;
  request.noise = state.style.noise;
  request.step = state.trained;
  for (const auto& [name, value] : settings_of(request))
    link.add(name, value, std::ranges::find(words, name, [](const auto& pair) { return pair.first; })->second);
}

void add_animation(const Animation& animation, LinkWriter& link) {
  const Animation fresh;
  if (!animation.keyframes.empty()) {
    std::string places;
    for (const Place& place : animation.keyframes)
      places += concat(places.empty() ? "" : ",", text_of(place));
    link.add("keys", places,
             std::ranges::all_of(animation.keyframes, &Place::is_plain) ? "the keyframes"
                                                                        : "keyframes that are more than a seed");
  }
  std::string walk;
  const auto word = [&](bool wanted, std::string_view name) {
    if (wanted)
      walk += concat(walk.empty() ? "" : ",", name);
  };
  word(animation.interpolation == Interpolation::linear, "linear");
  word(!animation.loop, "once");
  word(animation.reverse, "reverse");
  if (!walk.empty())
    link.add("walk", walk, "how the animation moves");
  if (animation.frames != fresh.frames)
    link.add("steps", std::to_string(animation.frames), "the number of frames");
  if (animation.milliseconds != fresh.milliseconds)
    link.add("ms", std::to_string(animation.milliseconds), "the animation's speed");
}

} // namespace

std::vector<Setting> settings_of_link(std::string_view link) {
  if (!link.empty() && (link.front() == '#' || link.front() == '?'))
    link.remove_prefix(1);
  std::vector<Setting> settings;
  while (!link.empty() && settings.size() < most_settings) {
    const std::size_t end = std::min(link.find_first_of("&#"), link.size());
    const std::string_view one = link.substr(0, end);
    const std::size_t sign = std::min(one.find('='), one.size());
    Setting setting;
    if (!one.empty() && one.size() <= longest_kept && decode(one.substr(0, sign), setting.name) &&
        decode(one.substr(std::min(sign + 1, one.size())), setting.value))
      settings.push_back(std::move(setting));
    link.remove_prefix(std::min(end + 1, link.size()));
  }
  return settings;
}

std::vector<Setting> settings_of_arguments(std::span<const std::string> arguments) {
  std::vector<Setting> settings;
  const auto add = [&](std::string name, std::string value) {
    settings.push_back({std::move(name), std::move(value), Setting::Source::argument});
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument.starts_with('#') || argument.starts_with('?')) {
      std::ranges::move(settings_of_link(argument), std::back_inserter(settings));
    } else if (!argument.starts_with("--")) {
      add("model", argument);
    } else if (const std::size_t sign = argument.find('='); sign != std::string::npos) {
      add(argument.substr(2, sign - 2), argument.substr(sign + 1));
    } else {
      const bool has_value = i + 1 < arguments.size() && !arguments[i + 1].starts_with("--");
      add(argument.substr(2), has_value ? arguments[i + 1] : "");
      i += has_value;
    }
  }
  return settings;
}

Link link_of(const State& state, std::size_t longest) {
  const State fresh;
  LinkWriter link(longest);
  if (state.model != fresh.model)
    link.add("model", percent_encoded(state.model), "the model");
  if (state.text != fresh.text)
    link.add("text", state.text, "the text");
  add_place(state.place, fresh.place, link);
  if (state.columns != fresh.columns || state.rows != fresh.rows)
    link.add("grid", concat(state.columns, "x", state.rows), "the grid");
  add_shared(state, link);
  if (state.colors != fresh.colors)
    link.add("colors", color_maps[static_cast<std::size_t>(state.colors)], "the colours");
  if (state.upscaling != fresh.upscaling)
    link.add("zoom", upscalings[static_cast<std::size_t>(state.upscaling)], "the upscaling");
  add_animation(state.animation, link);
  return std::move(link).take();
}

State state_of(std::string_view fragment) {
  State state;
  Start ignored;
  (void)apply(settings_of_link(fragment), state, ignored);
  return state;
}

State all_of(const State& wanted, std::string_view kept) {
  State state = state_of(kept);
  return link_of(state).fragment == link_of(wanted).fragment ? state : wanted;
}

} // namespace ganlet::studio
