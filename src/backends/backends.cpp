#include "backends/backends.h"

#include <array>

#include "core/text.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet {

namespace {

constexpr std::array<const Backend*, 2> table{&xnn::backend, &reference::backend};

} // namespace

std::span<const Backend* const> backends() {
  return table;
}

std::string backend_names() {
  std::string names;
  for (const Backend* backend : table)
    names += concat(names.empty() ? "" : ", ", backend->name);
  return names;
}

Result<const Backend*> backend_named(std::string_view name) {
  for (const Backend* backend : table) {
    if (backend->name != name)
      continue;
    if (!backend->is_available())
      return fail(ErrorCode::unsupported, "backend", concat("'", name, "' doesn't run on this machine"));
    return backend;
  }
  return fail(ErrorCode::not_found, "backend",
              concat("there is no '", printable(name), "'; there are ", backend_names()));
}

} // namespace ganlet
