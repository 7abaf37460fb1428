#include "studio/link.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>

#include "core/base64.h"
#include "core/text.h"

namespace ganlet::studio {

namespace {

constexpr std::size_t most_settings = 64;
constexpr std::size_t longest_setting = 4096;

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

std::string encode(std::string_view text) {
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

template <typename T> bool read_number(std::string_view text, T low, T high, T& out) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < low || value > high)
    return false;
  out = value;
  return true;
}

/// "a,b,c" as numbers; false where one isn't in [low, high] or there are more than `most`.
template <typename T> bool read_numbers(std::string_view text, T low, T high, std::size_t most, std::vector<T>& out) {
  out.clear();
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    T value{};
    if (out.size() == most || !read_number(text.substr(0, comma), low, high, value))
      return false;
    out.push_back(value);
    if (comma == text.size())
      return true;
    text.remove_prefix(comma + 1);
  }
}

template <typename Enum, std::size_t N>
bool read_name(std::string_view text, const std::array<std::string_view, N>& names, Enum& out) {
  const auto found = std::ranges::find(names, text);
  if (found == names.end())
    return false;
  out = static_cast<Enum>(found - names.begin());
  return true;
}

constexpr std::array<std::string_view, 3> upscalings{"nearest", "smooth", "lanczos"};
constexpr std::array<std::string_view, 4> color_maps{"plain", "grey", "inverted", "ink"};

bool read_flag(std::string_view text, bool& out) {
  if (text != "0" && text != "1" && text != "")
    return false;
  out = text != "0";
  return true;
}

bool read_text(std::string_view text, State& state) {
  if (text.size() > most_text || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
    return false;
  state.text = text;
  return true;
}

/// "4x3", or "4" for 4x4.
bool read_grid(std::string_view text, State& state) {
  const std::size_t cross = std::min(text.find('x'), text.size());
  int columns = 0;
  if (!read_number(text.substr(0, cross), 1, most_columns, columns))
    return false;
  int rows = columns;
  if (cross < text.size() && !read_number(text.substr(cross + 1), 1, most_columns, rows))
    return false;
  state.columns = columns;
  state.rows = rows;
  return true;
}

bool read_position(std::string_view text, Place& place) {
  std::vector<std::int32_t> numbers;
  if (!read_numbers<std::int32_t>(text, -999000, 999000, 2, numbers) || numbers.size() != 2)
    return false;
  place.x = numbers[0];
  place.y = numbers[1];
  return true;
}

bool read_amounts(std::string_view text, Place& place) {
  std::vector<std::int32_t> numbers;
  if (!read_numbers<std::int32_t>(text, -128, 127, most_directions, numbers))
    return false;
  place.amounts = {};
  std::ranges::transform(numbers, place.amounts.begin(), [](std::int32_t n) { return static_cast<std::int8_t>(n); });
  return true;
}

bool read_latent(std::string_view text, Place& place) {
  const auto bytes = from_base64(text, Base64::url);
  if (!bytes || bytes->empty())
    return false;
  place.latent.resize(bytes->size());
  std::memcpy(place.latent.data(), bytes->data(), bytes->size());
  return true;
}

bool read_keyframes(std::string_view text, Animation& animation) {
  std::vector<std::uint64_t> seeds;
  if (!read_numbers<std::uint64_t>(text, 0, UINT64_MAX, most_keyframes, seeds))
    return false;
  animation.keyframes.clear();
  for (const std::uint64_t seed : seeds)
    animation.keyframes.push_back({.seed = seed});
  return true;
}

/// "linear,once,reverse" in any order and number.
bool read_walk(std::string_view text, Animation& animation) {
  animation.interpolation = Interpolation::spherical;
  animation.loop = true;
  animation.reverse = false;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view word = text.substr(0, comma);
    if (word == "linear")
      animation.interpolation = Interpolation::linear;
    else if (word == "once")
      animation.loop = false;
    else if (word == "reverse")
      animation.reverse = true;
    else
      return false;
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return true;
}

/// A setting's name, what it takes, in words, and how it is read.
struct Rule {
  std::string_view name;
  std::string_view takes;
  bool (*read)(std::string_view text, State& state, Start& start);
};

/// "1.5" or "2". std::from_chars for floating point isn't in every standard library.
bool read_scale(std::string_view text, float& out) {
  const std::size_t dot = std::min(text.find('.'), text.size());
  int whole = 0, tenths = 0;
  if (!read_number(text.substr(0, dot), 0, 4, whole) ||
      (dot < text.size() && !read_number(text.substr(dot + 1), 0, 9, tenths)))
    return false;
  const float scale = static_cast<float>(10 * whole + tenths) / 10;
  if (scale < 0.5F || scale > 4)
    return false;
  out = scale;
  return true;
}

bool keep_text(std::string_view text, std::string& out) {
  out = text;
  return true;
}

constexpr std::string_view whole_seed = "a whole number from 0 to 18446744073709551615";

const Rule rules[] = {
    {"model", "an id, folder or file", [](auto t, State& s, Start&) { return !t.empty() && keep_text(t, s.model); }},
    {"seed", whole_seed,
     [](auto t, State& s, Start&) { return read_number<std::uint64_t>(t, 0, UINT64_MAX, s.place.seed); }},
    {"text", "at most 24 digits", [](auto t, State& s, Start&) { return read_text(t, s); }},
    {"vary", "0 or 1", [](auto t, State& s, Start&) { return read_flag(t, s.vary); }},
    {"label", "a whole number from 0 to 1000000",
     [](auto t, State& s, Start&) {
       return read_number<std::int64_t>(t, 0, 1000000, s.label.emplace(0)) || (s.label.reset(), false);
     }},
    {"grid", "columns x rows, such as 4x3, at most 32x32", [](auto t, State& s, Start&) { return read_grid(t, s); }},
    {"psi", "0 to 100, per cent", [](auto t, State& s, Start&) { return read_number(t, 0, 100, s.truncation); }},
    {"at", "two whole numbers, thousandths of the way to other seeds",
     [](auto t, State& s, Start&) { return read_position(t, s.place); }},
    {"move", "at most 10 whole numbers from -128 to 127, tenths",
     [](auto t, State& s, Start&) { return read_amounts(t, s.place); }},
    {"z", "bytes in base64url", [](auto t, State& s, Start&) { return read_latent(t, s.place); }},
    {"zoom", "nearest, smooth or lanczos",
     [](auto t, State& s, Start&) { return read_name(t, upscalings, s.upscaling); }},
    {"colors", "plain, grey, inverted or ink",
     [](auto t, State& s, Start&) { return read_name(t, color_maps, s.colors); }},
    {"keys", "at most 24 seeds", [](auto t, State& s, Start&) { return read_keyframes(t, s.animation); }},
    {"walk", "some of linear, once, reverse", [](auto t, State& s, Start&) { return read_walk(t, s.animation); }},
    {"steps", "2 to 1000", [](auto t, State& s, Start&) { return read_number(t, 2, most_frames, s.animation.frames); }},
    {"ms", "10 to 1000", [](auto t, State& s, Start&) { return read_number(t, 10, 1000, s.animation.milliseconds); }},
    {"models", "a directory", [](auto t, State&, Start& s) { return keep_text(t, s.models); }},
    {"part", "the name of a part", [](auto t, State&, Start& s) { return keep_text(t, s.part); }},
    {"backend", "xnn or reference",
     [](auto t, State&, Start& s) { return (t == "xnn" || t == "reference") && keep_text(t, s.backend); }},
    {"theme", "dark or light",
     [](auto t, State&, Start& s) { return (t == "dark" || t == "light") && keep_text(t, s.theme); }},
    {"panel", "the name of a panel", [](auto t, State&, Start& s) { return keep_text(t, s.panel); }},
    {"scale", "0.5 to 4", [](auto t, State&, Start& s) { return read_scale(t, s.scale); }},
    {"width", "200 to 16384", [](auto t, State&, Start& s) { return read_number(t, 200, 16384, s.width); }},
    {"height", "200 to 16384", [](auto t, State&, Start& s) { return read_number(t, 200, 16384, s.height); }},
    {"screenshot", "a file", [](auto t, State&, Start& s) { return keep_text(t, s.screenshot); }},
    {"frames", "1 to 1000000", [](auto t, State&, Start& s) { return read_number(t, 1, 1000000, s.frames); }},
    {"script", "a file", [](auto t, State&, Start& s) { return keep_text(t, s.script); }},
};

const Rule* rule_of(std::string_view name) {
  const auto found = std::ranges::find(rules, name, &Rule::name);
  return found == std::end(rules) ? nullptr : found;
}

/// Puts settings behind one another as long as there is room.
class LinkWriter {
 public:
  void add(std::string_view name, std::string_view value, std::string_view in_words) {
    const std::string setting = concat(link_.fragment.empty() ? "" : "&", name, "=", value);
    if (link_.fragment.size() + setting.size() > longest_link)
      link_.left_out.emplace_back(in_words);
    else
      link_.fragment += setting;
  }
  void leave_out(std::string_view in_words) { link_.left_out.emplace_back(in_words); }
  Link take() && { return std::move(link_); }

 private:
  Link link_;
};

void add_place(const Place& place, const Place& fresh, LinkWriter& link) {
  if (place.seed != fresh.seed)
    link.add("seed", std::to_string(place.seed), "the seed");
  if (!place.latent.empty()) {
    link.add("z", to_base64(std::as_bytes(std::span(place.latent)), Base64::url), "the latent set by hand");
    return;
  }
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

void add_animation(const Animation& animation, LinkWriter& link) {
  const Animation fresh;
  const bool has_places = !std::ranges::all_of(animation.keyframes, &Place::is_plain);
  if (has_places) {
    link.leave_out("keyframes that are more than a seed");
  } else if (!animation.keyframes.empty()) {
    std::string seeds;
    for (const Place& place : animation.keyframes)
      seeds += concat(seeds.empty() ? "" : ",", std::to_string(place.seed));
    link.add("keys", seeds, "the keyframes");
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
    if (!one.empty() && one.size() <= longest_setting && decode(one.substr(0, sign), setting.first) &&
        decode(one.substr(std::min(sign + 1, one.size())), setting.second))
      settings.push_back(std::move(setting));
    link.remove_prefix(std::min(end + 1, link.size()));
  }
  return settings;
}

std::vector<Setting> settings_of_arguments(std::span<const std::string> arguments) {
  std::vector<Setting> settings;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument.starts_with('#') || argument.starts_with('?')) {
      std::ranges::move(settings_of_link(argument), std::back_inserter(settings));
    } else if (!argument.starts_with("--")) {
      settings.emplace_back("model", argument);
    } else if (const std::size_t sign = argument.find('='); sign != std::string::npos) {
      settings.emplace_back(argument.substr(2, sign - 2), argument.substr(sign + 1));
    } else {
      const bool has_value = i + 1 < arguments.size() && !arguments[i + 1].starts_with("--");
      settings.emplace_back(argument.substr(2), has_value ? arguments[i + 1] : "");
      i += has_value;
    }
  }
  return settings;
}

std::vector<std::string> apply(std::span<const Setting> settings, State& state, Start& start) {
  std::vector<std::string> problems;
  for (const auto& [name, value] : settings) {
    const Rule* rule = rule_of(name);
    if (rule == nullptr)
      problems.push_back(concat("There is no setting named '", printable(name, 24), "'."));
    else if (!rule->read(value, state, start))
      problems.push_back(concat(rule->name, ": must be ", rule->takes, ", is '", printable(value, 40), "'."));
  }
  make_valid(state);
  return problems;
}

Link link_of(const State& state) {
  const State fresh;
  LinkWriter link;
  if (state.model != fresh.model)
    link.add("model", encode(state.model), "the model");
  if (state.text != fresh.text)
    link.add("text", state.text, "the text");
  add_place(state.place, fresh.place, link);
  if (state.label)
    link.add("label", std::to_string(*state.label), "the label");
  if (state.columns != fresh.columns || state.rows != fresh.rows)
    link.add("grid", concat(state.columns, "x", state.rows), "the grid");
  if (state.vary)
    link.add("vary", "1", "varying hands");
  if (state.truncation != fresh.truncation)
    link.add("psi", std::to_string(state.truncation), "the truncation");
  if (state.colors != fresh.colors)
    link.add("colors", color_maps[static_cast<std::size_t>(state.colors)], "the colours");
  if (state.upscaling != fresh.upscaling)
    link.add("zoom", upscalings[static_cast<std::size_t>(state.upscaling)], "the upscaling");
  add_animation(state.animation, link);
  return std::move(link).take();
}

} // namespace ganlet::studio
