#include "import/native_formats.h"

#include "import/foreign_formats.h"
#include "import/tflite.h"
#include "import/torch_export.h"
#include "import/torch_tensors.h"
#include "import/torch_weights.h"

namespace ganlet::importing {

Format native_format_of(Bytes file) {
  if (is_tflite(file))
    return Format::tflite;
  if (is_torch_export(file))
    return Format::torch_export;
  if (!remedy_for(file).empty() && !is_old_torch(file))
    return Format::foreign;
  return is_torch_weights(file) ? Format::torch_weights : Format::none;
}

Result<onnx::Model> read_native(Format format, Bytes file, const ImportOptions& options, const Limits& limits,
                                Budget& budget) {
  if (format == Format::torch_export)
    return read_torch_export(file, options.network, limits, budget);
  if (format == Format::torch_weights)
    return read_torch_weights(file, options.chain, options.network, limits, budget);
  if (format == Format::tflite)
    return read_tflite(file, limits, budget);
  return fail(ErrorCode::unsupported, "model", remedy_for(file));
}

} // namespace ganlet::importing
