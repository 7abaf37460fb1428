#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

/// Reads JSON (RFC 8259). The engine has its own reader because every build includes one: the library that writes JSON
/// elsewhere would make the engine for pages a quarter larger, and its errors have no places.
namespace ganlet {

/// A document or a part of one. Refers to the text that it was parsed from, which must outlive it.
struct Json {
  enum class Kind : std::uint8_t { null, boolean, number, string, list, object };

  Kind kind = Kind::null;
  bool boolean = false;
  std::string_view source;        ///< its text in the document
  std::string string;             ///< the value of a string, with escapes resolved
  std::vector<Json> elements;     ///< the elements of a list; the values of an object
  std::vector<std::string> names; ///< the names of an object's members, in the document's order

  /// The member of an object, or null if it has none of this name. If the name occurs twice, the last one counts.
  const Json* find(std::string_view name) const;
  /// The value of a number. A non-integer may differ from the text's exact value by a few units in the last place.
  double number() const;
  /// The number, if it is written as a whole number (no point, no exponent) and fits the type; otherwise empty.
  std::optional<std::int64_t> integer() const;
  std::optional<std::uint64_t> natural() const;
};

/// Parses a document in UTF-8, at most 32 levels deep and of at most 2^20 values; it refers to `text`. Errors: corrupt;
/// the place is `file` and the message says line and column.
Result<Json> parse_json(std::string_view text, std::string_view file);

/// A number as people and programs write it: `-1.5`, `2e-3`. Empty if the text is anything else, or too large.
std::optional<double> number_of(std::string_view text);

/// A string as a JSON literal, with quotation marks; bytes that aren't UTF-8 are kept as they are.
std::string quoted_json(std::string_view text);

/// A value in a JSON file that knows its own place: `models/digits/model.json: parts.generator.sha256`. Doesn't own the
/// document. Each accessor gives an Error (corrupt) if the file has something other than what is asked for.
class JsonValue {
 public:
  JsonValue(const Json& value, std::string file) : value_(&value), file_(std::move(file)) {}

  Result<JsonValue> member(std::string_view name) const;
  /// Empty if the object has no such member, or if its value is null.
  Result<std::optional<JsonValue>> optional_member(std::string_view name) const;
  Result<std::vector<std::pair<std::string, JsonValue>>> members() const;
  Result<std::vector<JsonValue>> elements() const;

  Result<std::string> string() const;
  Result<std::int64_t> integer(std::int64_t low, std::int64_t high) const;
  Result<double> number() const;

  const Json& raw() const { return *value_; }
  tl::unexpected<Error> error(std::string message) const;

 private:
  JsonValue within(const Json& value, std::string path) const;

  const Json* value_;
  std::string file_;
  std::string path_;
};

} // namespace ganlet
