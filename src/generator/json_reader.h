#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace ganlet {

/// A place in a JSON file, which knows how to say where it is: `models/digits/model.json: parts.generator.sha256`.
/// Doesn't own the document. Each function gives an Error (corrupt) where the file has something else than what is
/// asked for.
class JsonValue {
 public:
  JsonValue(const nlohmann::json& value, std::string file) : value_(&value), file_(std::move(file)) {}

  Result<JsonValue> member(std::string_view name) const;
  /// Nothing where this has no such member, or null there.
  Result<std::optional<JsonValue>> optional_member(std::string_view name) const;
  Result<std::vector<std::pair<std::string, JsonValue>>> members() const;
  Result<std::vector<JsonValue>> elements() const;

  Result<std::string> string() const;
  Result<std::int64_t> integer(std::int64_t low, std::int64_t high) const;
  Result<double> number() const;

  const nlohmann::json& raw() const { return *value_; }
  tl::unexpected<Error> error(std::string message) const;

 private:
  JsonValue within(const nlohmann::json& value, std::string path) const;

  const nlohmann::json* value_;
  std::string file_;
  std::string path_;
};

/// Parses a document. Errors: corrupt; the place is `file` and the message says line and column.
Result<nlohmann::json> parse_json(std::span<const std::byte> bytes, const std::string& file);

} // namespace ganlet
