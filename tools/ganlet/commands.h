#pragma once

#include <CLI/App.hpp>

#include "core/error.h"

/// The subcommands. Each adds itself to `app` and stores its result in `outcome`; usage errors are thrown as
/// CLI::Error.
namespace ganlet::tool {

void add_generate(CLI::App& app, Result<void>& outcome);
void add_run(CLI::App& app, Result<void>& outcome);
void add_info(CLI::App& app, Result<void>& outcome);
void add_quantize(CLI::App& app, Result<void>& outcome);
void add_batch(CLI::App& app, Result<void>& outcome);
void add_list(CLI::App& app, Result<void>& outcome);
void add_walk(CLI::App& app, Result<void>& outcome);
void add_mix(CLI::App& app, Result<void>& outcome);
void add_apply(CLI::App& app, Result<void>& outcome);
void add_encode(CLI::App& app, Result<void>& outcome);
void add_reconstruct(CLI::App& app, Result<void>& outcome);
void add_bench(CLI::App& app, Result<void>& outcome);
void add_export_page(CLI::App& app, Result<void>& outcome);
void add_poster(CLI::App& app, Result<void>& outcome);
void add_serve(CLI::App& app, Result<void>& outcome);
void add_export_onnx(CLI::App& app, Result<void>& outcome);
void add_import(CLI::App& app, Result<void>& outcome);

} // namespace ganlet::tool
