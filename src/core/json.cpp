#include "core/json.h"

#include <charconv>
#include <cmath>

#include "core/text.h"

namespace ganlet {

namespace {

constexpr int most_depth = 32; // of objects and lists: what goes through a document afterwards is recursive
constexpr std::size_t most_values = std::size_t{1} << 20; // of about a hundred bytes each

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// 10^exponent, exact up to 10^22.
double power_of_ten(int exponent) {
  double power = 1;
  for (double base = 10; exponent > 0; exponent /= 2, base *= base)
    if (exponent % 2 != 0)
      power *= base;
  return power;
}

void append_utf8(std::uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr std::uint32_t marks[] = {0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(marks[more] | code >> (6 * more));
  for (int i = more - 1; i >= 0; --i)
    out += static_cast<char>(0x80 | (code >> (6 * i) & 0x3F));
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  Result<Json> document() {
    Json value;
    skip_space();
    if (const bool parsed = parse(value, 0); parsed) {
      skip_space();
      if (at_ == text_.size())
        return value;
      wrong("something behind the end");
    }
    std::size_t line = 1, start = 0;
    for (std::size_t i = 0; i < problem_at_; ++i)
      if (text_[i] == '\n') {
        ++line;
        start = i + 1;
      }
    return fail(ErrorCode::corrupt, file_,
                concat("isn't JSON: ", problem_, " at line ", line, ", column ", problem_at_ - start + 1));
  }

 private:
  /// Keeps the first problem; false, so that callers can return it.
  bool wrong(std::string_view problem) {
    if (problem_.empty()) {
      problem_ = problem;
      problem_at_ = at_;
    }
    return false;
  }
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool is_next(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word))
      return false;
    at_ += word.size();
    return true;
  }

  bool parse(Json& out, int depth) {
    if (depth > most_depth)
      return wrong(concat("nested deeper than ", most_depth, " levels"));
    if (++values_ > most_values)
      return wrong(concat("more than ", most_values, " values"));
    const std::size_t begin = at_;
    if (!parse_value(out, depth))
      return false;
    out.source = text_.substr(begin, at_ - begin);
    return true;
  }

  bool parse_value(Json& out, int depth) {
    if (take("null"))
      return true;
    if (take("true") || take("false")) {
      out.kind = Json::Kind::boolean;
      out.boolean = text_[at_ - 2] == 'u';
      return true;
    }
    if (is_next('"')) {
      out.kind = Json::Kind::string;
      return parse_string(out.string);
    }
    if (is_next('[') || is_next('{'))
      return parse_elements(out, depth);
    out.kind = Json::Kind::number;
    return parse_number();
  }

  bool parse_elements(Json& out, int depth) {
    const bool is_object = text_[at_++] == '{';
    const char end = is_object ? '}' : ']';
    out.kind = is_object ? Json::Kind::object : Json::Kind::list;
    skip_space();
    for (bool first = true; !is_next(end); first = false) {
      if (!first && !take(","))
        return wrong(at_ == text_.size() ? "it ends too early" : "a comma is missing");
      skip_space();
      if (is_object) {
        if (!is_next('"'))
          return wrong("a member's name is missing");
        if (!parse_string(out.names.emplace_back()))
          return false;
        skip_space();
        if (!take(":"))
          return wrong("a colon is missing");
        skip_space();
      }
      if (!parse(out.elements.emplace_back(), depth + 1))
        return false;
      skip_space();
    }
    ++at_;
    return true;
  }

  bool parse_number() {
    const auto digits = [&] {
      const std::size_t begin = at_;
      while (at_ < text_.size() && is_digit(text_[at_]))
        ++at_;
      return at_ > begin;
    };
    take("-");
    const bool leads_with_zero = is_next('0');
    const std::size_t begin = at_;
    if (!digits())
      return wrong(at_ == text_.size() ? "it ends too early" : "a value is missing");
    if (leads_with_zero && at_ - begin > 1)
      return wrong("a number begins with 0");
    if (take(".") && !digits())
      return wrong("a digit is missing behind the point");
    if (take("e") || take("E")) {
      take("+") || take("-");
      if (!digits())
        return wrong("a digit of an exponent is missing");
    }
    return true;
  }

  bool parse_string(std::string& out) {
    for (++at_; !is_next('"');) {
      if (at_ == text_.size())
        return wrong("a string doesn't end");
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c < 0x20)
        return wrong("a string has a control character");
      if (c == '\\' ? !parse_escape(out) : !copy_character(out))
        return false;
    }
    ++at_;
    return true;
  }

  /// A character of UTF-8, in its shortest form (RFC 3629).
  bool copy_character(std::string& out) {
    const auto byte = [&](std::size_t i) {
      return static_cast<unsigned char>(at_ + i < text_.size() ? text_[at_ + i] : 0);
    };
    const unsigned char first = byte(0);
    const std::size_t size = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
    bool good = size > 0;
    for (std::size_t i = 1; i < size; ++i)
      good = good && (byte(i) & 0xC0) == 0x80;
    const bool is_odd = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) ||
                        (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F);
    if (!good || is_odd)
      return wrong("a string isn't UTF-8");
    out.append(text_, at_, size);
    at_ += size;
    return true;
  }

  bool parse_escape(std::string& out) {
    constexpr std::string_view names = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    ++at_;
    if (take("u")) {
      std::uint32_t code = 0;
      if (!parse_hexadecimal(code))
        return false;
      const bool is_half = code >= 0xD800 && code < 0xE000;
      std::uint32_t low = 0;
      if (is_half && (code >= 0xDC00 || !take("\\u") || !parse_hexadecimal(low) || low < 0xDC00 || low > 0xDFFF))
        return wrong("half a character is missing");
      if (is_half)
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      append_utf8(code, out);
      return true;
    }
    const std::size_t name = at_ < text_.size() ? names.find(text_[at_]) : names.npos;
    if (name == names.npos)
      return wrong("an escape that JSON doesn't have");
    out += meanings[name];
    ++at_;
    return true;
  }

  bool parse_hexadecimal(std::uint32_t& code) {
    const std::string_view digits = text_.substr(at_, 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() != 4 || error != std::errc() || end != digits.data() + 4)
      return wrong("an escape needs four hexadecimal digits");
    at_ += 4;
    return true;
  }

  std::string_view text_;
  std::string_view file_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
  std::string problem_;
  std::size_t problem_at_ = 0;
};

template <typename T> std::optional<T> whole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

} // namespace

std::optional<double> number_of(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  std::size_t at = is_negative || text.starts_with('+') ? 1 : 0;
  std::uint64_t digits = 0;
  int exponent = 0;
  bool has_digit = false, is_behind_point = false;
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !is_behind_point)); ++at) {
    if (text[at] == '.') {
      is_behind_point = true;
      continue;
    }
    has_digit = true;
    const bool counts = digits < UINT64_MAX / 10 - 1; // further ones are below a double's last place
    if (counts)
      digits = digits * 10 + static_cast<std::uint64_t>(text[at] - '0');
    exponent += (counts ? 0 : 1) - (is_behind_point ? 1 : 0);
  }
  if (!has_digit)
    return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    at += at < text.size() && text[at] == '+' ? 1 : 0;
    const auto power = whole<int>(text.substr(std::min(at, text.size())));
    if (!power || std::abs(*power) > 10000)
      return std::nullopt;
    exponent += *power;
    at = text.size();
  }
  if (at != text.size())
    return std::nullopt;
  double value = static_cast<double>(digits);
  if (digits != 0 && exponent < 0)
    value /= power_of_ten(std::min(-exponent, 300));
  if (digits != 0 && exponent < -300)
    value = exponent < -360 ? 0 : value / power_of_ten(-exponent - 300);
  if (digits != 0 && exponent > 0)
    value = exponent > 320 ? HUGE_VAL : value * power_of_ten(exponent);
  if (!std::isfinite(value))
    return std::nullopt;
  return is_negative ? -value : value;
}

std::string quoted_json(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      constexpr std::string_view hexadecimal = "0123456789abcdef";
      out +=
          concat("\\u00", hexadecimal[static_cast<std::size_t>(c) / 16], hexadecimal[static_cast<std::size_t>(c) % 16]);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

const Json* Json::find(std::string_view name) const {
  for (std::size_t i = names.size(); i > 0; --i)
    if (names[i - 1] == name)
      return &elements[i - 1];
  return nullptr;
}

double Json::number() const {
  return number_of(source).value_or(0);
}
std::optional<std::int64_t> Json::integer() const {
  return kind == Kind::number ? whole<std::int64_t>(source) : std::nullopt;
}
std::optional<std::uint64_t> Json::natural() const {
  return kind == Kind::number ? whole<std::uint64_t>(source) : std::nullopt;
}

Result<Json> parse_json(std::string_view text, std::string_view file) {
  return Parser(text, file).document();
}

JsonValue JsonValue::within(const Json& value, std::string path) const {
  JsonValue inner(value, file_);
  inner.path_ = std::move(path);
  return inner;
}

tl::unexpected<Error> JsonValue::error(std::string message) const {
  return fail(ErrorCode::corrupt, path_.empty() ? file_ : concat(file_, ": ", path_), std::move(message));
}

Result<std::optional<JsonValue>> JsonValue::optional_member(std::string_view name) const {
  if (value_->kind != Json::Kind::object)
    return error("must be an object");
  const Json* const found = value_->find(name);
  if (found == nullptr || found->kind == Json::Kind::null)
    return std::nullopt;
  return within(*found, concat(path_, path_.empty() ? "" : ".", printable(name)));
}

Result<JsonValue> JsonValue::member(std::string_view name) const {
  GANLET_TRY(const std::optional<JsonValue> found, optional_member(name));
  if (!found)
    return within(*value_, concat(path_, path_.empty() ? "" : ".", name)).error("is missing");
  return *found;
}

Result<std::vector<std::pair<std::string, JsonValue>>> JsonValue::members() const {
  if (value_->kind != Json::Kind::object)
    return error("must be an object");
  std::vector<std::pair<std::string, JsonValue>> all;
  for (std::size_t i = 0; i < value_->names.size(); ++i) {
    const std::string& name = value_->names[i];
    all.emplace_back(name, within(value_->elements[i], concat(path_, path_.empty() ? "" : ".", printable(name))));
  }
  return all;
}

Result<std::vector<JsonValue>> JsonValue::elements() const {
  if (value_->kind != Json::Kind::list)
    return error("must be a list");
  std::vector<JsonValue> all;
  for (std::size_t i = 0; i < value_->elements.size(); ++i)
    all.push_back(within(value_->elements[i], concat(path_, "[", i, "]")));
  return all;
}

Result<std::string> JsonValue::string() const {
  if (value_->kind != Json::Kind::string)
    return error("must be a string");
  return value_->string;
}

Result<std::int64_t> JsonValue::integer(std::int64_t low, std::int64_t high) const {
  const std::optional<std::int64_t> value = value_->integer();
  if (!value || *value < low || *value > high)
    return error(concat("must be a whole number from ", low, " to ", high));
  return *value;
}

Result<double> JsonValue::number() const {
  const std::optional<double> value = value_->kind == Json::Kind::number ? number_of(value_->source) : std::nullopt;
  if (!value)
    return error("must be a number");
  return *value;
}

} // namespace ganlet
