#pragma once

#include "core/limits.h"
#include "import/bytes.h"
#include "onnx/model.h"

namespace ganlet::importing {

/// Whether a file is a zip archive of torch.export, by the names in it.
bool is_torch_export(Bytes file);

/// Reads a program that torch.export.save wrote (.pt2): the archive of 2.5 to 2.7 and the PT2 archive since 2.8, as
/// exported or after run_decompositions(). `network` names a model in an archive that has several. Errors: corrupt,
/// unsupported (an operation), not_found, limit_exceeded, cancelled.
Result<onnx::Model> read_torch_export(Bytes file, std::string_view network, const Limits& limits, Budget& budget);

} // namespace ganlet::importing
