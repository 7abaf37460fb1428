#pragma once

#include "import/tfjs.h"

/// Reads model files of other frameworks as ONNX models in memory.
namespace ganlet::importing {

enum class Format { none, keras_h5, keras_zip, tfjs, tfjs_zip, tflite, torch_export, torch_weights, foreign };

/// Recognizes the format by the file's bytes, never by its name. none: isn't a format known here, such as an ONNX file;
/// foreign: is known but can't be imported, and `read`'s error says what to do instead.
Format format_of(Bytes file);

struct ImportOptions {
  std::string network; ///< if a file holds several models, the one to read; empty: the one that draws
  Beside beside;       ///< reads further files, for formats that consist of several
  bool chain = false;  ///< whether to guess the network of a file that only has tensors (torch_weights.h)
};

/// The plain names of the further files that `read` will ask for. Errors: corrupt, limit_exceeded, cancelled.
Result<std::vector<std::string>> files_beside(Bytes file, Budget& budget);

/// Reads a file whose format isn't none. The result is a model as `onnx::read` would give it, with the batch left open;
/// `onnx::write` turns it into an ordinary ONNX file. Errors: corrupt, unsupported (the message says what to do
/// instead), not_found, invalid_argument (weights without a model), limit_exceeded, cancelled.
///
///     Budget budget(limits.load_units);
///     GANLET_TRY(const onnx::Model model, importing::read(bytes, {}, limits, budget));
Result<onnx::Model> read(Bytes file, const ImportOptions& options, const Limits& limits, Budget& budget);

/// The same for files of Keras and TensorFlow.js alone, of TensorFlow Lite, and of PyTorch, for programs without room
/// for all readers.
Result<onnx::Model> read_keras(Bytes file, const ImportOptions& options, const Limits& limits, Budget& budget);
Result<onnx::Model> read_lite(Bytes file, const ImportOptions& options, const Limits& limits, Budget& budget);
Result<onnx::Model> read_torch(Bytes file, const ImportOptions& options, const Limits& limits, Budget& budget);

/// What was guessed of an imported model, for people; empty if nothing was.
std::string guesses_of(const onnx::Model& model);

} // namespace ganlet::importing
