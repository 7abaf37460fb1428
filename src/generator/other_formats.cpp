#include "generator/other_formats.h"

#include "image/whole_file.h"
#include "import/importer.h"
#include "onnx/writer.h"

namespace ganlet {

bool is_other_model_json(std::span<const std::byte> bytes) {
  return importing::is_tfjs(bytes);
}

Result<std::vector<std::byte>> as_onnx(std::vector<std::byte> bytes, const std::filesystem::path& file,
                                       const std::string& network, const Limits& limits) {
  if (importing::format_of(bytes) == importing::Format::none)
    return bytes;
  const auto beside = [&](const std::string& name) { return read_whole(file.parent_path() / name, limits.file_bytes); };
  Budget budget(limits.load_units);
  auto model = importing::read(bytes, {network, beside}, limits, budget);
  if (!model)
    return tl::unexpected(std::move(model).error().within(file.string()));
  return onnx::write(*model);
}

} // namespace ganlet
