#include "json_writer.h"

#include "core/json.h"
#include "core/text.h"

namespace ganlet::c {

void JsonWriter::separate() {
  if (!text_.empty() && text_.back() != '{' && text_.back() != '[' && text_.back() != ':')
    text_ += ',';
}

JsonWriter& JsonWriter::raw(std::string_view piece) {
  separate();
  text_ += piece;
  return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
  return raw({&bracket, 1});
}

JsonWriter& JsonWriter::close(char bracket) {
  text_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  text_ += quoted_json(name);
  text_ += ':';
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  text_ += quoted_json(text);
  return *this;
}

JsonWriter& JsonWriter::value(float number) {
  return raw(concat(double{number}));
}

} // namespace ganlet::c
