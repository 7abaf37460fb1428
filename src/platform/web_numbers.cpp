#include <cstdarg>
#include <string_view>

#include "core/json.h"

/// Dear ImGui reads numbers with these functions in the page, instead of with libc's sscanf and atof, which compute
/// with 128 bits in software.
extern "C" {

double studio_number(const char* text) {
  return ganlet::number_of(text).value_or(0);
}

/// Reads what is typed into a slider of real numbers. It knows only their format: a page has no .ini files, and sliders
/// of whole numbers have no format. Returns how many numbers it has read.
int studio_scan_number(const char* text, const char* format, ...) {
  const auto number = ganlet::number_of(text);
  if (!number || std::string_view(format) != "%f")
    return 0;
  std::va_list out;
  va_start(out, format);
  *va_arg(out, float*) = static_cast<float>(*number);
  va_end(out);
  return 1;
}
}
