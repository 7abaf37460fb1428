#pragma once

#include <span>
#include <string>
#include <string_view>

#include "graph/backend.h"

namespace ganlet {

/// The backends of this build. A build for pages contains those that can run in pages.
std::span<const Backend* const> backends();

/// The backend that runs a model if no other is asked for.
inline constexpr std::string_view default_backend = "xnn";

/// The names, for messages and help: "xnn, reference, gl, auto".
std::string backend_names();

/// The default backend for "auto", which is another one only for what moves (backends/automatic.h). Errors: not_found,
/// with a list of the names; unsupported if this machine can't run the backend.
Result<const Backend*> backend_named(std::string_view name);

} // namespace ganlet
