#pragma once

#include "import/tfjs.h"

/// Model files of other frameworks, read as ONNX models in memory.
namespace ganlet::importing {

enum class Format { none, keras_h5, keras_zip, tfjs };

/// By the file's bytes, never by its name; none where this isn't one that is imported, such as an ONNX file.
Format format_of(Bytes file);

struct ImportOptions {
  std::string network; ///< of several models in one file, the one to take; empty: the one that draws
  Beside beside;       ///< for files that come in several
};

/// Reads a file whose format isn't none. What comes out is as `onnx::read` would give it, with the batch left open;
/// `onnx::write` makes an ordinary ONNX file of it.
/// Errors: corrupt, unsupported (each with what to do instead), not_found, invalid_argument (weights without a model),
/// limit_exceeded, cancelled.
///
///     Budget budget(limits.load_units);
///     GANLET_TRY(const onnx::Model model, importing::read(bytes, {}, limits, budget));
Result<onnx::Model> read(Bytes file, const ImportOptions& options, const Limits& limits, Budget& budget);

} // namespace ganlet::importing
