#pragma once

#include <CLI/CLI.hpp>

#include "settings.h"

namespace ganlet::train {

/// --size, --channels, --ground, --crop and --validation. `share` says what --validation is and what it is by default.
void add_picture_arguments(CLI::App& command, Overrides& overrides, const char* share);

} // namespace ganlet::train
