#include "import/importer.h"

#include "core/text.h"
#include "import/foreign_formats.h"
#include "import/hdf5.h"
#include "import/keras.h"
#include "import/tflite.h"
#include "import/torch_export.h"
#include "import/torch_tensors.h"
#include "import/torch_weights.h"
#include "import/zip.h"

namespace ganlet::importing {

namespace {

tl::unexpected<Error> not_read(Bytes file) {
  const std::string_view remedy = remedy_for(file);
  return fail(ErrorCode::unsupported, "model", remedy.empty() ? "is in no format that can be imported" : remedy);
}

Result<void> check_size(Bytes file, const Limits& limits) {
  if (file.size() > static_cast<std::uint64_t>(limits.file_bytes))
    return fail(ErrorCode::limit_exceeded, "model",
                concat("the file has ", file.size(), " bytes, more than the limit of ", limits.file_bytes));
  return {};
}

} // namespace

Format format_of(Bytes file) {
  if (is_hdf5(file))
    return Format::keras_h5;
  if (is_tflite(file))
    return Format::tflite;
  if (is_torch_export(file))
    return Format::torch_export;
  if (!remedy_for(file).empty() && !is_old_torch(file))
    return Format::foreign;
  if (is_torch_weights(file))
    return Format::torch_weights;
  // PyTorch's files are zip archives too, so a Keras file must also have a config.json.
  if (text_of(file).starts_with("PK\x03\x04") && text_of(file).find("config.json") != std::string_view::npos)
    return Format::keras_zip;
  if (text_of(file).starts_with("PK\x03\x04") && text_of(file).find(".json") != std::string_view::npos)
    return Format::tfjs_zip;
  return is_tfjs(file) ? Format::tfjs : Format::none;
}

Result<std::vector<std::string>> files_beside(Bytes file, Budget& budget) {
  return format_of(file) == Format::tfjs ? tfjs_shards(file, budget) : std::vector<std::string>();
}

Result<onnx::Model> read(Bytes file, const ImportOptions& options, const Limits& limits, Budget& budget) {
  switch (format_of(file)) {
  case Format::tflite:
    return read_lite(file, options, limits, budget);
  case Format::torch_export:
  case Format::torch_weights:
    return read_torch(file, options, limits, budget);
  default:
    return read_keras(file, options, limits, budget);
  }
}

Result<onnx::Model> read_keras(Bytes file, const ImportOptions& options, const Limits& limits, Budget& budget) {
  GANLET_CHECK(check_size(file, limits));
  switch (format_of(file)) {
  case Format::keras_h5:
    return read_keras_h5(file, options.network, limits, budget);
  case Format::keras_zip:
    return read_keras_zip(file, options.network, limits, budget);
  case Format::tfjs:
    return read_tfjs(file, options.network, options.beside, limits, budget);
  case Format::tfjs_zip:
    return read_tfjs_zip(file, options.network, limits, budget);
  default:
    return not_read(file);
  }
}

Result<onnx::Model> read_lite(Bytes file, const ImportOptions&, const Limits& limits, Budget& budget) {
  GANLET_CHECK(check_size(file, limits));
  return format_of(file) == Format::tflite ? read_tflite(file, limits, budget) : not_read(file);
}

Result<onnx::Model> read_torch(Bytes file, const ImportOptions& options, const Limits& limits, Budget& budget) {
  GANLET_CHECK(check_size(file, limits));
  switch (format_of(file)) {
  case Format::torch_export:
    return read_torch_export(file, options.network, limits, budget);
  case Format::torch_weights:
    return read_torch_weights(file, options.chain, options.network, limits, budget);
  default:
    return not_read(file);
  }
}

std::string guesses_of(const onnx::Model& model) {
  for (const auto& [name, text] : model.metadata)
    if (name == chain_metadata)
      return text;
  return {};
}

} // namespace ganlet::importing
