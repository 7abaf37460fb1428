#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace ganlet::c {

/// Writes JSON piece by piece; commas come by themselves.
///
///     JsonWriter json;
///     json.open('{').key("shape").open('[').value(1).value(28).close(']').close('}');
class JsonWriter {
 public:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& key(std::string_view name);
  /// Text in any bytes: what isn't UTF-8 is left to the reader, which replaces it.
  JsonWriter& value(std::string_view text);
  JsonWriter& value(std::integral auto number) { return raw(std::to_string(number)); }
  /// A finite number.
  JsonWriter& value(float number);
  JsonWriter& null() { return raw("null"); }

  const std::string& text() const { return text_; }

 private:
  JsonWriter& raw(std::string_view piece);
  void separate();
  void quote(std::string_view text);

  std::string text_;
};

} // namespace ganlet::c
