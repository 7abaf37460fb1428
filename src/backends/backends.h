#pragma once

#include <span>
#include <string>
#include <string_view>

#include "graph/backend.h"

namespace ganlet {

/// The backends of this build, the fastest first. A build for pages has those that pages can run.
std::span<const Backend* const> backends();

/// The one that runs a model where nobody asks for another.
inline constexpr std::string_view default_backend = "xnn";

/// The names, for messages and help: "xnn, reference".
std::string backend_names();

/// Errors: not_found, which lists the names; unsupported where this machine can't run it.
Result<const Backend*> backend_named(std::string_view name);

} // namespace ganlet
