// The values that each setting of a link or program argument accepts, and what it changes.
#include <algorithm>
#include <charconv>
#include <iterator>

#include "backends/backends.h"
#include "core/text.h"
#include "generator/drawing.h"
#include "studio/link.h"

namespace ganlet::studio {

namespace {

template <typename T> bool read_number(std::string_view text, T low, T high, T& out) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < low || value > high)
    return false;
  out = value;
  return true;
}

/// Parses "a,b,c"; false if a number isn't in [low, high], or there are more than `most`.
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

bool read_bytes(std::string_view text, std::size_t most, std::vector<std::int8_t>& out) {
  auto steps = steps_of(text);
  if (!steps || steps->size() > most)
    return false;
  out = std::move(*steps);
  return true;
}

bool read_latent(std::string_view text, Place& place) {
  return !text.empty() && read_bytes(text, longest_kept, place.latent);
}

/// The text before the next separator; both are removed from `text`.
std::string_view take_until(char separator, std::string_view& text) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

/// "seed" or "seed:x:y:amounts:latent".
bool read_keyframe(std::string_view text, Place& place) {
  if (!read_number<std::uint64_t>(take_until(':', text), 0, UINT64_MAX, place.seed))
    return false;
  if (text.empty())
    return true;
  std::vector<std::int8_t> amounts;
  const bool is_right = read_number(take_until(':', text), -999000, 999000, place.x) &&
                        read_number(take_until(':', text), -999000, 999000, place.y) &&
                        read_bytes(take_until(':', text), most_directions, amounts) &&
                        read_bytes(text, longest_kept, place.latent);
  std::ranges::copy(amounts, place.amounts.begin());
  return is_right;
}

bool read_keyframes(std::string_view text, Animation& animation) {
  std::vector<Place> places;
  do {
    if (places.size() == most_keyframes || !read_keyframe(take_until(',', text), places.emplace_back()))
      return false;
  } while (!text.empty());
  animation.keyframes = std::move(places);
  return true;
}

/// Any of "linear", "once" and "reverse", in any order, separated by commas.
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

/// A setting: its name, the values it accepts (in words), and the function that reads it.
struct Rule {
  std::string_view name;
  std::string_view takes;
  bool (*read)(std::string_view text, State& state, Start& start);
};

/// "1.5" or "2". Not every standard library has std::from_chars for floating point.
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

/// A setting that requests have too: it has the same name, accepts the same values and means the same.
struct SharedField {
  std::string_view name;
  void (*take)(const DrawRequest& request, State& state);
};

const SharedField shared_fields[] = {
    {"text", [](const DrawRequest& request, State& state) { state.text = request.text.value_or(""); }},
    {"seed", [](const DrawRequest& request, State& state) { state.place.seed = request.seed; }},
    {"vary", [](const DrawRequest& request, State& state) { state.vary = request.vary; }},
    {"jitter", [](const DrawRequest& request, State& state) { state.jitter = request.jitter; }},
    {"label", [](const DrawRequest& request, State& state) { state.label = request.label; }},
    {"truncation", [](const DrawRequest& request, State& state) { state.truncation = request.truncation; }},
    {"mix", [](const DrawRequest& request, State& state) { state.style.mix = request.mix; }},
    {"cutoff", [](const DrawRequest& request, State& state) { state.style.cutoff = request.cutoff; }},
    {"noise", [](const DrawRequest& request, State& state) { state.style.noise = request.noise; }},
    {"step", [](const DrawRequest& request, State& state) { state.trained = request.step; }},
};

const SharedField* find_shared(std::string_view name) {
  const RequestField* const field = request_field(name);
  const auto found = field == nullptr ? std::ranges::end(shared_fields)
                                      : std::ranges::find(shared_fields, field->name, &SharedField::name);
  return found == std::ranges::end(shared_fields) ? nullptr : found;
}

/// Errors: those of RequestReader and check_text.
Result<void> take(const SharedField& field, const Setting& setting, State& state) {
  RequestReader reader;
  GANLET_CHECK(reader.set(setting.name, setting.value));
  GANLET_TRY(const DrawRequest request, std::move(reader).finish());
  if (request.text && !request.text->empty()) // without a text the grid is filled
    GANLET_CHECK(check_text(*request.text, request.text_limit, false));
  field.take(request, state);
  return {};
}

/// The other settings that links may have.
const Rule link_rules[] = {
    {"model", "an id, folder or file", [](auto t, State& s, Start&) { return !t.empty() && keep_text(t, s.model); }},
    {"grid", "columns x rows, such as 4x3, at most 32x32", [](auto t, State& s, Start&) { return read_grid(t, s); }},
    {"at", "two whole numbers, thousandths of the way to other seeds",
     [](auto t, State& s, Start&) { return read_position(t, s.place); }},
    {"move", "at most 10 whole numbers from -128 to 127, tenths",
     [](auto t, State& s, Start&) { return read_amounts(t, s.place); }},
    {"z", "bytes in base64url", [](auto t, State& s, Start&) { return read_latent(t, s.place); }},
    {"zoom", "nearest, smooth or lanczos",
     [](auto t, State& s, Start&) { return read_name(t, upscalings, s.upscaling); }},
    {"colors", "plain, grey, inverted or ink",
     [](auto t, State& s, Start&) { return read_name(t, color_maps, s.colors); }},
    {"keys", "at most 24 seeds or places", [](auto t, State& s, Start&) { return read_keyframes(t, s.animation); }},
    {"walk", "some of linear, once, reverse", [](auto t, State& s, Start&) { return read_walk(t, s.animation); }},
    {"steps", "2 to 1000", [](auto t, State& s, Start&) { return read_number(t, 2, most_frames, s.animation.frames); }},
    {"ms", "10 to 1000", [](auto t, State& s, Start&) { return read_number(t, 10, 1000, s.animation.milliseconds); }},
    {"theme", "dark or light",
     [](auto t, State&, Start& s) { return (t == "dark" || t == "light") && keep_text(t, s.theme); }},
    {"panel", "the name of a panel", [](auto t, State&, Start& s) { return keep_text(t, s.panel); }},
};

/// The settings that only arguments may have.
const Rule start_rules[] = {
    {"models", "a directory", [](auto t, State&, Start& s) { return keep_text(t, s.models); }},
    {"part", "the name of a part", [](auto t, State&, Start& s) { return keep_text(t, s.part); }},
    {"backend", "xnn, reference, gl or auto",
     [](auto t, State&, Start& s) {
       return std::ranges::find(backend_choices, t) != backend_choices.end() && keep_text(t, s.backend);
     }},
    {"scale", "0.5 to 4", [](auto t, State&, Start& s) { return read_scale(t, s.scale); }},
    {"width", "200 to 16384", [](auto t, State&, Start& s) { return read_number(t, 200, 16384, s.width); }},
    {"height", "200 to 16384", [](auto t, State&, Start& s) { return read_number(t, 200, 16384, s.height); }},
    {"screenshot", "a file", [](auto t, State&, Start& s) { return keep_text(t, s.screenshot); }},
    {"frames", "1 to 1000000", [](auto t, State&, Start& s) { return read_number(t, 1, 1000000, s.frames); }},
    {"script", "a file", [](auto t, State&, Start& s) { return keep_text(t, s.script); }},
};

const Rule* find_rule(std::span<const Rule> rules, std::string_view name) {
  const auto found = std::ranges::find(rules, name, &Rule::name);
  return found == rules.end() ? nullptr : &*found;
}

/// The sentence that says why a setting wasn't applied; empty if it was.
std::string problem_of(const Setting& setting, State& state, Start& start) {
  if (const SharedField* const field = find_shared(setting.name)) {
    const Result<void> taken = take(*field, setting, state);
    if (taken)
      return {};
    const Error& error = taken.error();
    return error.place().empty() ? concat(setting.name, ": ", error.message())
                                 : concat(error.place(), ": ", error.message(), ".");
  }
  const Rule* rule = find_rule(link_rules, setting.name);
  if (rule == nullptr) {
    rule = find_rule(start_rules, setting.name);
    if (rule != nullptr && setting.source == Setting::Source::link)
      return concat("A link can't set '", rule->name, "': it is an argument of the program, --", rule->name, ".");
  }
  if (rule == nullptr)
    return concat("There is no setting named '", printable(setting.name, 24), "'.");
  if (!rule->read(setting.value, state, start))
    return concat(rule->name, ": must be ", rule->takes, ", is '", printable(setting.value, 40), "'.");
  return {};
}

} // namespace

std::vector<std::string> apply(std::span<const Setting> settings, State& state, Start& start) {
  std::vector<std::string> problems;
  for (const Setting& setting : settings)
    if (std::string problem = problem_of(setting, state, start); !problem.empty())
      problems.push_back(std::move(problem));
  make_valid(state);
  return problems;
}

std::string usage() {
  std::string text = "Usage: ganlet-studio [MODEL] [--NAME VALUE]...\n";
  const auto add = [&](std::string_view name, std::string_view takes) {
    text += concat("  --", name, std::string(name.size() < 12 ? 12 - name.size() : 1, ' '), takes, "\n");
  };
  const auto add_all = [&](std::span<const Rule> rules) {
    for (const Rule& rule : rules)
      add(rule.name, rule.takes);
  };
  text += "With the names of links, studio.html#seed=7:\n";
  for (const SharedField& field : shared_fields)
    add(field.name, request_field(field.name)->takes);
  add_all(link_rules);
  text += "Which links don't have:\n";
  add_all(start_rules);
  return text + "A script has a step a line, such as `set seed=5`, `wait`, `screenshot FILE`, `quit`.\n";
}

std::vector<std::string_view> start_names() {
  std::vector<std::string_view> names;
  std::ranges::transform(start_rules, std::back_inserter(names), &Rule::name);
  return names;
}

} // namespace ganlet::studio
