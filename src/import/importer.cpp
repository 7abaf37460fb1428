#include "import/importer.h"

#include "core/text.h"
#include "import/hdf5.h"
#include "import/keras.h"
#include "import/native_formats.h"
#include "import/zip.h"

namespace ganlet::importing {

Format format_of(Bytes file) {
  if (is_hdf5(file))
    return Format::keras_h5;
  if (const Format native = native_format_of(file); native != Format::none)
    return native;
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
  if (file.size() > static_cast<std::uint64_t>(limits.file_bytes))
    return fail(ErrorCode::limit_exceeded, "model",
                concat("the file has ", file.size(), " bytes, more than the limit of ", limits.file_bytes));
  const Format format = format_of(file);
  switch (format) {
  case Format::keras_h5:
    return read_keras_h5(file, options.network, limits, budget);
  case Format::keras_zip:
    return read_keras_zip(file, options.network, limits, budget);
  case Format::tfjs:
    return read_tfjs(file, options.network, options.beside, limits, budget);
  case Format::tfjs_zip:
    return read_tfjs_zip(file, options.network, limits, budget);
  case Format::torch_export:
  case Format::torch_weights:
  case Format::tflite:
  case Format::foreign:
    return read_native(format, file, options, limits, budget);
  case Format::none:
    break;
  }
  return fail(ErrorCode::unsupported, "model", "is in no format that can be imported");
}

} // namespace ganlet::importing
