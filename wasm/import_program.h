#pragma once

#include "import/importer.h"

namespace ganlet::c {

/// importing::read for the files that a program of importers reads. Each program has its own: one with all readers
/// would be larger than a page should fetch for one file.
Result<onnx::Model> read_model(importing::Bytes file, const importing::ImportOptions& options, const Limits& limits,
                               Budget& budget);

} // namespace ganlet::c
