#pragma once

#include "import/importer.h"

/// The formats that only native programs import: the limit on the bytes of ganlet-import.wasm has no room for them. The
/// linker chooses between these functions and those of pages, which say what to do instead.
namespace ganlet::importing {

/// As format_of; none if it is none of these formats.
Format native_format_of(Bytes file);

/// Reads a file of such a format; see `read`.
Result<onnx::Model> read_native(Format format, Bytes file, const ImportOptions& options, const Limits& limits,
                                Budget& budget);

} // namespace ganlet::importing
