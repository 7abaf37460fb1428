#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace ganlet::c {

/// Writes JSON piece by piece, with commas where they are needed.
///
///     JsonWriter json;
///     json.open('{').key("shape").open('[').value(1).value(28).close(']').close('}');
class JsonWriter {
 public:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& key(std::string_view name);
  /// Text of any bytes: invalid UTF-8 is passed on, and the reader replaces it.
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); } // which would be a bool otherwise
  template <std::integral T>
    requires(!std::is_same_v<T, bool>)
  JsonWriter& value(T number) {
    return raw(std::to_string(number));
  }
  /// A finite number.
  JsonWriter& value(float number);
  JsonWriter& value(bool is) { return raw(is ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  /// A value that already is JSON; {} if the text is empty.
  JsonWriter& json(std::string_view text) { return raw(text.empty() ? "{}" : text); }

  const std::string& text() const { return text_; }

 private:
  JsonWriter& raw(std::string_view piece);
  void separate();

  std::string text_;
};

} // namespace ganlet::c
