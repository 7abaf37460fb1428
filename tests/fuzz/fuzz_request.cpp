// Lines of JSON, each a request: what is read is written, as JSON and as settings, and read back as the same.

#include "fuzz.h"
#include "generator/draw_request.h"

namespace ganlet::fuzz {
namespace {

Result<DrawRequest> request_of_settings(const DrawRequest& request) {
  RequestReader reader;
  for (const auto& [name, text] : settings_of(request)) {
    GANLET_TRY(const bool known, reader.set(name, text));
    require(known, "a setting that is written has a name that is known");
  }
  return std::move(reader).finish();
}

void try_line(std::string_view line) {
  const auto request = request_of_json(line);
  if (!succeeded(request))
    return;
  const auto from_json = request_of_json(json_of(*request));
  require(from_json && *from_json == *request, "a request is read back from its JSON");
  const auto from_settings = request_of_settings(*request);
  require(from_settings && *from_settings == *request, "a request is read back from its settings");
}

} // namespace

void try_bytes(std::span<const std::byte> bytes) {
  for (std::string_view text = text_of(bytes); !text.empty();) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    try_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

} // namespace ganlet::fuzz
