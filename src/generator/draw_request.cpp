#include "generator/draw_request.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/base64.h"
#include "core/help.h"
#include "core/json.h"
#include "core/text.h"
#include "generator/model_description.h"

namespace ganlet {

namespace {

constexpr double most_count = 1 << 26; // Limits::tensor_elements; the model's own limit is often lower
constexpr double most_float = std::numeric_limits<float>::max();
constexpr double most_seed = 18446744073709551615.0;
constexpr std::string_view takes_seed = "a whole number from 0 to 18446744073709551615";

using R = DrawRequest;
const RequestField fields[] = {
    {"text", &R::text, 0, 0, "text", help("A text to write, one image a symbol, in one hand")},
    {"text_limit", &R::text_limit, 1, 1000, "1 to 1000", help("The longest text allowed")},
    {"vary", &R::vary, 0, 1, "0 or 1", help("With a text: each symbol in a hand of its own")},
    {"jitter", &R::jitter, 0, 1, "0 to 1", help("With a text: how much a hand varies from symbol to symbol")},
    {"count", &R::count, 1, most_count, "a whole number from 1", help("How many images")},
    {"label", &R::label, 0, 1e9, "a whole number from 0",
     help("The class to draw; by default images take turns through all")},
    {"labels", &R::labels, 0, 1e9, "whole numbers from 0", help("A class for each image")},
    {"seed", &R::seed, 0, most_seed, takes_seed, help("Which picture; image i has seed S + i"), "styles"},
    {"seeds", &R::seeds, 0, most_seed, "whole numbers from 0", help("A seed for each image")},
    {"latents", &R::latents, -most_float, most_float, "numbers",
     help("Latent vectors instead of seeds, one after another"), "latent z embeddings"},
    {"truncation", &R::truncation, 0, 1, "0 to 1", help("0 (all alike) to 1 (full variety)"), "psi"},
    {"cutoff", &R::cutoff, 0, 64, "a whole number from 0 to 64",
     help("Layers to truncate, from the coarsest; default: all")},
    {"mix", &R::mix, 0, 63, "a seed and layers, such as 7:0-3",
     help("The seed that some layers take their style from")},
    {"noise", &R::noise, 0, most_seed, "fixed, off, each or a seed", help("The noise of a style-based model's layers")},
    {"style_shifts", &R::style_shifts, -most_float, most_float, "numbers", help("What is added to each image's style")},
    {"step", &R::step, 0, double{most_training_step}, "a whole number, steps of training",
     help("Draw as the model did at that step of its training"), "trained"},
    {"columns", &R::columns, 1, 1 << 20, "a whole number from 1 to 1048576",
     help("Images side by side; by default one row of text, else nearly a square")},
};

/// Whether two names are the same field: `textLimit`, `text-limit` and `text_limit` are.
bool is_same_name(std::string_view given, std::string_view name) {
  std::size_t at = 0;
  for (const char c : name) {
    if (c == '_') {
      at += at < given.size() && (given[at] == '_' || given[at] == '-');
      continue;
    }
    if (at == given.size() || (given[at] != c && given[at] != c - 'a' + 'A'))
      return false;
    ++at;
  }
  return at == given.size();
}

tl::unexpected<Error> refused(std::string_view name, std::string_view takes, std::string_view given) {
  return fail(ErrorCode::invalid_argument, name, concat("must be ", takes, ", is ", given));
}

/// A given value, for messages: a number looks the same whether it came from JSON, a link or a flag.
std::string shown(std::string_view text) {
  const std::string plain = printable(text, 40);
  return number_of(text) ? plain : concat("'", plain, "'");
}

template <typename T> std::optional<T> whole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

std::optional<LayerRange> layers_of(std::string_view text) {
  const std::size_t dash = std::min(text.find('-'), text.size());
  const auto first = whole<std::int64_t>(text.substr(0, dash));
  const auto last = dash == text.size() ? first : whole<std::int64_t>(text.substr(dash + 1));
  if (!first || !last || *first < 0 || *last < *first || *last > 63)
    return std::nullopt;
  return LayerRange{*first, *last};
}

/// The text before the next separator; both are removed from `text`.
std::string_view take_until(char separator, std::string_view& text) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

/// Parses text into the visited member; false if the field doesn't accept it.
struct TextReader {
  const RequestField& field;
  std::string_view text;
  DrawRequest& request;

  bool in_range(double value) const { return value >= field.low && value <= field.high; }

  bool operator()(bool R::* member) const {
    if (!text.empty() && text != "0" && text != "1" && text != "true" && text != "false")
      return false;
    request.*member = text != "0" && text != "false"; // an attribute without a value is set
    return true;
  }
  bool operator()(std::int64_t R::* member) const {
    const auto value = whole<std::int64_t>(text);
    if (!value || !in_range(static_cast<double>(*value)))
      return false;
    request.*member = *value;
    return true;
  }
  bool operator()(std::uint64_t R::* member) const {
    const auto value = whole<std::uint64_t>(text);
    if (!value)
      return false;
    request.*member = *value;
    return true;
  }
  bool operator()(float R::* member) const {
    const auto value = number_of(text);
    if (!value || !in_range(*value))
      return false;
    request.*member = static_cast<float>(*value);
    return true;
  }
  bool operator()(std::optional<std::string> R::* member) const {
    request.*member = std::string(text);
    return true;
  }
  bool operator()(std::optional<std::int64_t> R::* member) const {
    const auto value = whole<std::int64_t>(text);
    if (!value || !in_range(static_cast<double>(*value)))
      return false;
    request.*member = value;
    return true;
  }
  template <typename T> bool operator()(std::vector<T> R::* member) const {
    std::vector<T> values;
    for (std::string_view rest = text; !rest.empty();) {
      const std::string_view piece = take_until(',', rest);
      if constexpr (std::is_same_v<T, float>) {
        const auto value = number_of(piece);
        if (!value || !in_range(*value))
          return false;
        values.push_back(static_cast<float>(*value));
      } else {
        const auto value = whole<T>(piece);
        if (!value || !in_range(static_cast<double>(*value)))
          return false;
        values.push_back(*value);
      }
    }
    request.*member = std::move(values);
    return true;
  }
  bool operator()(std::optional<StyleMix> R::* member) const {
    std::string_view rest = text;
    const auto seed = whole<std::uint64_t>(take_until(':', rest));
    const auto layers = layers_of(rest);
    if (!seed || !layers)
      return false;
    request.*member = StyleMix{*seed, *layers};
    return true;
  }
  bool operator()(Noise R::* member) const {
    const auto seed = whole<std::uint64_t>(text);
    Noise& noise = request.*member;
    if (seed)
      noise = {Noise::Kind::seeded, *seed};
    else if (text == "fixed" || text == "off" || text == "each")
      noise = {text == "fixed" ? Noise::Kind::fixed : text == "off" ? Noise::Kind::off : Noise::Kind::each, 0};
    return seed || text == "fixed" || text == "off" || text == "each";
  }
};

/// A JSON value as the text that TextReader reads, like in a link; empty for lists and objects.
std::optional<std::string_view> text_of(const Json& value) {
  switch (value.kind) {
  case Json::Kind::string:
    return value.string;
  case Json::Kind::boolean:
    return value.boolean ? "1" : "0";
  case Json::Kind::number:
    return value.source;
  default:
    return std::nullopt;
  }
}

/// Appends the numbers of a list and of nested lists, separated by commas. False if the list holds anything else.
bool append_numbers(const Json& list, std::string& out) {
  for (const Json& element : list.elements) {
    if (element.kind == Json::Kind::list) {
      if (!append_numbers(element, out))
        return false;
      continue;
    }
    const auto text = text_of(element);
    if (!text || text->empty())
      return false;
    out += out.empty() ? "" : ",";
    out += *text;
  }
  return true;
}

/// [0, 3], or the text form
std::optional<LayerRange> json_layers(const Json& value) {
  if (value.kind == Json::Kind::list && value.elements.size() == 2)
    return layers_of(concat(value.elements[0].source, "-", value.elements[1].source));
  const auto text = text_of(value);
  return text ? layers_of(*text) : std::nullopt;
}

bool is_list(const RequestField& field) {
  return std::holds_alternative<std::vector<std::int64_t> R::*>(field.member) ||
         std::holds_alternative<std::vector<std::uint64_t> R::*>(field.member) ||
         std::holds_alternative<std::vector<float> R::*>(field.member);
}

bool read_json(const RequestField& field, const Json& value, DrawRequest& request) {
  std::string numbers;
  std::optional<std::string_view> text = text_of(value);
  if (value.kind == Json::Kind::list && is_list(field) && append_numbers(value, numbers))
    text = numbers;
  if (value.kind == Json::Kind::object && field.name == "mix") {
    const Json *const seed = value.find("seed"), *const layers = value.find("layers");
    const auto range = layers != nullptr ? json_layers(*layers) : std::nullopt;
    const auto number = seed != nullptr ? text_of(*seed) : std::nullopt;
    if (!range || !number)
      return false;
    numbers = concat(*number, ":", range->first, "-", range->last);
    text = numbers;
  }
  return text && std::visit(TextReader{field, *text, request}, field.member);
}

bool read_steps(std::string_view text, DrawRequest& request) {
  const auto steps = steps_of(text);
  if (!steps || steps->empty())
    return false;
  request.latents = from_steps(*steps);
  return true;
}

/// The shortest decimal with at most nine digits that is read back as the same float.
std::string shortest(float value) {
  const double exact = value;
  for (double scale = 1; scale <= 1e9; scale *= 10) {
    const double rounded = std::floor(exact * scale + 0.5);
    if (std::abs(rounded) < 1e15 && static_cast<float>(rounded / scale) == value) {
      std::string digits = std::to_string(static_cast<std::int64_t>(std::abs(rounded)));
      const auto behind = static_cast<std::size_t>(std::log10(scale) + 0.5);
      if (behind > 0) {
        digits.insert(0, behind + 1 > digits.size() ? behind + 1 - digits.size() : 0, '0');
        digits.insert(digits.size() - behind, ".");
      }
      return rounded < 0 ? "-" + digits : digits;
    }
  }
  int exponent = 0; // very large or small: nine digits and a power of ten
  double digits = std::abs(exact);
  for (; digits >= 1e9; digits /= 10)
    ++exponent;
  for (; digits < 1e8 && digits > 0; digits *= 10)
    --exponent;
  return concat(exact < 0 ? "-" : "", static_cast<std::int64_t>(digits + 0.5), "e", exponent);
}

/// Writes a member as in a link; empty if it has its default value.
struct TextWriter {
  const DrawRequest& request;

  static std::optional<std::string> shown_if(bool is_shown, std::string text) {
    return is_shown ? std::optional(std::move(text)) : std::nullopt;
  }
  template <typename T> static std::string number(T value) {
    if constexpr (std::is_floating_point_v<T>)
      return shortest(value);
    else
      return std::to_string(value);
  }
  std::optional<std::string> operator()(bool R::* member) const { return shown_if(request.*member, "1"); }
  template <typename T> std::optional<std::string> operator()(std::vector<T> R::* member) const {
    std::string text;
    for (const T value : request.*member)
      text += concat(text.empty() ? "" : ",", number(value));
    return shown_if(!text.empty(), text);
  }
  template <typename T>
    requires std::is_arithmetic_v<T>
  std::optional<std::string> operator()(T R::* member) const {
    return shown_if(request.*member != DrawRequest().*member, number(request.*member));
  }
  std::optional<std::string> operator()(std::optional<std::string> R::* member) const { return request.*member; }
  std::optional<std::string> operator()(std::optional<std::int64_t> R::* member) const {
    return shown_if((request.*member).has_value(), std::to_string((request.*member).value_or(0)));
  }
  std::optional<std::string> operator()(std::optional<StyleMix> R::* member) const {
    const std::optional<StyleMix>& mix = request.*member;
    if (!mix)
      return std::nullopt;
    return concat(std::to_string(mix->seed), ":", mix->layers.first, "-", mix->layers.last);
  }
  std::optional<std::string> operator()(Noise R::* member) const {
    const Noise& noise = request.*member;
    switch (noise.kind) {
    case Noise::Kind::fixed:
      return std::nullopt;
    case Noise::Kind::off:
      return "off";
    case Noise::Kind::each:
      return "each";
    case Noise::Kind::seeded:
      return std::to_string(noise.seed);
    }
    return std::nullopt;
  }
};

bool is_number(const RequestField& field) {
  return std::holds_alternative<std::int64_t R::*>(field.member) ||
         std::holds_alternative<std::uint64_t R::*>(field.member) || std::holds_alternative<float R::*>(field.member) ||
         std::holds_alternative<std::optional<std::int64_t> R::*>(field.member);
}

} // namespace

std::span<const RequestField> request_fields() {
  return fields;
}

const RequestField* request_field(std::string_view name) {
  const auto is_called = [&](const RequestField& field) {
    bool found = is_same_name(name, field.name);
    for (std::string_view rest = field.aliases; !found && !rest.empty();)
      found = is_same_name(name, take_until(' ', rest));
    return found;
  };
  const auto found = std::ranges::find_if(fields, is_called);
  return found == std::end(fields) ? nullptr : found;
}

Result<bool> RequestReader::set(std::string_view name, std::string_view text) {
  if (name == "with") {
    with_ = whole<std::uint64_t>(text);
    return with_ ? Result<bool>(true) : refused(name, takes_seed, shown(text));
  }
  if (name == "layers") {
    layers_ = layers_of(text);
    return layers_ ? Result<bool>(true) : refused(name, "a layer, or the first and the last: 4-7", shown(text));
  }
  const RequestField* field = request_field(name);
  if (field == nullptr)
    return false;
  if (name == "z")
    return read_steps(text, request_) ? Result<bool>(true) : refused(name, "bytes in base64url", shown(text));
  if (name == "psi") {
    const auto percent = whole<std::int64_t>(text);
    if (!percent || *percent < 0 || *percent > 100)
      return refused(name, "0 to 100, per cent", shown(text));
    request_.truncation = static_cast<float>(*percent) / 100;
    return true;
  }
  if (!std::visit(TextReader{*field, text, request_}, field->member))
    return refused(field->name, field->takes, shown(text));
  return true;
}

Result<bool> RequestReader::set(std::string_view name, const Json& value) {
  if (value.kind == Json::Kind::null)
    return name == "with" || name == "layers" || request_field(name) != nullptr; // as if not given
  const std::string given = value.kind == Json::Kind::string ? shown(value.string) : printable(value.source, 40);
  if (name == "layers") {
    layers_ = json_layers(value);
    return layers_ ? Result<bool>(true) : refused(name, "two whole numbers, [first, last]", given);
  }
  const std::optional<std::string_view> text = text_of(value);
  if (text && (name == "with" || name == "psi"))
    return set(name, *text);
  const RequestField* field = request_field(name);
  if (field == nullptr)
    return false;
  if (!read_json(*field, value, request_))
    return refused(field->name, field->takes, given);
  return true;
}

tl::unexpected<Error> RequestReader::unknown(std::string_view name) {
  return fail(ErrorCode::invalid_argument, printable(name, 40), "is no field of a request");
}

Result<void> RequestReader::set_all(const Json& object, std::string_view other) {
  for (std::size_t i = 0; i < object.names.size(); ++i) {
    if (object.names[i] == other && !other.empty())
      continue;
    GANLET_TRY(const bool known, set(object.names[i], object.elements[i]));
    if (!known)
      return unknown(object.names[i]);
  }
  return {};
}

Result<DrawRequest> RequestReader::finish() && {
  if (with_.has_value() != layers_.has_value())
    return fail(ErrorCode::invalid_argument, with_ ? "layers" : "with", "is missing: with and layers go together");
  if (with_)
    request_.mix = StyleMix{*with_, *layers_};
  return std::move(request_);
}

Result<DrawRequest> request_of_json(std::string_view json) {
  GANLET_TRY(const Json document, parse_json(json, "request"));
  if (document.kind != Json::Kind::object)
    return fail(ErrorCode::invalid_argument, "request", "must be an object");
  RequestReader reader;
  GANLET_CHECK(reader.set_all(document));
  return std::move(reader).finish();
}

std::vector<std::pair<std::string, std::string>> settings_of(const DrawRequest& request) {
  std::vector<std::pair<std::string, std::string>> settings;
  for (const RequestField& field : fields)
    if (std::optional<std::string> text = std::visit(TextWriter{request}, field.member))
      settings.emplace_back(field.name, std::move(*text));
  return settings;
}

std::string json_of(const DrawRequest& request) {
  std::string json;
  for (const auto& [name, text] : settings_of(request)) {
    const RequestField& field = *request_field(name);
    json += concat(json.empty() ? "{" : ",", "\"", name, "\":");
    if (is_list(field))
      json += concat("[", text, "]");
    else if (is_number(field))
      json += text;
    else if (std::holds_alternative<bool R::*>(field.member))
      json += "true";
    else
      json += quoted_json(text);
  }
  return json.empty() ? "{}" : json + "}";
}

std::optional<std::vector<std::int8_t>> steps_of(std::string_view base64) {
  const auto bytes = from_base64(base64, Base64::url);
  if (!bytes)
    return std::nullopt;
  std::vector<std::int8_t> steps(bytes->size());
  std::ranges::transform(*bytes, steps.begin(), [](std::byte byte) { return static_cast<std::int8_t>(byte); });
  return steps;
}

std::vector<float> from_steps(std::span<const std::int8_t> steps) {
  std::vector<float> latents(steps.size());
  std::ranges::transform(steps, latents.begin(),
                         [](std::int8_t step) { return static_cast<float>(step) * latent_step; });
  return latents;
}

} // namespace ganlet
