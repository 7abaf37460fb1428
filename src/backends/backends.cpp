#include "backends/backends.h"

#include "core/text.h"

namespace ganlet {

std::string backend_names() {
  std::string names;
  for (const Backend* backend : backends())
    names += concat(backend->name, ", ");
  return names + std::string(automatic_backend);
}

Result<const Backend*> backend_named(std::string_view name) {
  if (name == automatic_backend)
    name = default_backend;
  for (const Backend* backend : backends()) {
    if (backend->name != name)
      continue;
    if (const auto available = backend->is_available(); !available)
      return fail(ErrorCode::unsupported, "backend",
                  concat("'", name, "' doesn't run on this machine: ", available.error().message()));
    return backend;
  }
  return fail(ErrorCode::not_found, "backend",
              concat("there is no '", printable(name), "'; there are ", backend_names()));
}

} // namespace ganlet
