#include "import/native_formats.h"

namespace ganlet::importing {

Format native_format_of(Bytes file) {
  const std::string_view text = text_of(file);
  const bool is_torch =
      text.starts_with("PK\x03\x04") && (text.find("data.pkl") != std::string_view::npos ||
                                         text.find("serialized_exported_program.json") != std::string_view::npos ||
                                         text.find("archive_format") != std::string_view::npos);
  return is_torch || text.find("TFL3") == 4 ? Format::foreign : Format::none;
}

Result<onnx::Model> read_native(Format, Bytes, const ImportOptions&, const Limits&, Budget&) {
  return fail(ErrorCode::unsupported, "model",
              "pages don't read files of PyTorch and TensorFlow Lite: make an ONNX file with ganlet import FILE");
}

} // namespace ganlet::importing
