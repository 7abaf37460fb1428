#pragma once

#include <CLI/CLI.hpp>

#include "core/error.h"

/// The subcommands of ganlet-train. What comes of the one that is called lands in `outcome`.
namespace ganlet::train {

void add_families(CLI::App& app, Result<void>& outcome);
void add_export(CLI::App& app, Result<void>& outcome);
void add_plot(CLI::App& app, Result<void>& outcome);

} // namespace ganlet::train
