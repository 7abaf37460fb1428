#include "answer.h"

#include <cstdlib>

#include "ganlet_c.h"

namespace ganlet::c {

namespace {
std::string answer;
} // namespace

const char* answer_with(const JsonWriter& json) {
  answer = json.text();
  return answer.c_str();
}

void remember(const Error& error) {
  JsonWriter json;
  json.open('{').key("code").value(name_of(error.code()));
  json.key("place").value(error.place()).key("message").value(error.message()).close('}');
  answer_with(json);
}

} // namespace ganlet::c

void* ganlet_allocate(size_t bytes) {
  return std::malloc(bytes);
}
void ganlet_free(void* memory) {
  std::free(memory);
}

const char* ganlet_error(void) {
  return ganlet::c::answer.c_str();
}
