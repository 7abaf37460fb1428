#pragma once

#include "import/importer.h"

/// The formats that only native programs import: it hasn't been measured whether ganlet-import.wasm, whose bytes are
/// limited, has room for them. The linker chooses between these functions and those of pages, which say what to do
/// instead.
namespace ganlet::importing {

/// As format_of; none if it is none of these formats.
Format native_format_of(Bytes file);

/// Reads a file of such a format; see `read`.
Result<onnx::Model> read_native(Format format, Bytes file, const ImportOptions& options, const Limits& limits,
                                Budget& budget);

} // namespace ganlet::importing
