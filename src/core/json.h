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

/// Reads JSON (RFC 8259). A reader of our own because every build has one: the library that writes JSON elsewhere would
/// make the engine for pages a quarter larger, and its errors have no places.
namespace ganlet {

/// A document or a part of one. Refers to the text that it was parsed from.
struct Json {
  enum class Kind : std::uint8_t { null, boolean, number, string, list, object };

  Kind kind = Kind::null;
  bool boolean = false;
  std::string_view source;        ///< its text in the document
  std::string string;             ///< of a string, without escapes
  std::vector<Json> elements;     ///< of a list; values of an object
  std::vector<std::string> names; ///< of an object's members, in the document's order

  /// Null where an object has no such member; of two, the last counts.
  const Json* find(std::string_view name) const;
  /// Of a number. A real one is at most a few units of its last place from the text's.
  double number() const;
  /// Nothing where it isn't a whole number of these, written without point and exponent.
  std::optional<std::int64_t> integer() const;
  std::optional<std::uint64_t> natural() const;
};

/// Parses a document, at most 32 levels deep and in UTF-8; it refers to `text`. Errors: corrupt; the place is `file`
/// and the message says line and column.
Result<Json> parse_json(std::string_view text, std::string_view file);

/// A number as people and programs write it: `-1.5`, `2e-3`. Nothing where the text is something else, or too large.
std::optional<double> number_of(std::string_view text);

/// A string as JSON has it, with quotation marks; bytes that aren't UTF-8 stay as they are.
std::string quoted_json(std::string_view text);

/// A place in a JSON file, which knows how to say where it is: `models/digits/model.json: parts.generator.sha256`.
/// Doesn't own the document. Each function gives an Error (corrupt) where the file has something else than what is
/// asked for.
class JsonValue {
 public:
  JsonValue(const Json& value, std::string file) : value_(&value), file_(std::move(file)) {}

  Result<JsonValue> member(std::string_view name) const;
  /// Nothing where this has no such member, or null there.
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
