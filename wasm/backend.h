#pragma once

#include "graph/backend.h"

namespace ganlet::c {

/// What runs networks in this build of the engine; chosen when linking.
const Backend& backend();

} // namespace ganlet::c
