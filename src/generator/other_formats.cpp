#include "generator/other_formats.h"

#include "image/whole_file.h"
#include "import/importer.h"
#include "onnx/writer.h"

namespace ganlet {

namespace {

namespace fs = std::filesystem;

/// A file that model.json, which may be a stranger's, names beside itself. Links may lead to the folder where
/// model.json really is, as in caches that keep files under other names, but nowhere else.
Result<std::vector<std::byte>> read_beside(const fs::path& json, const std::string& name, std::int64_t most) {
  const fs::path path = json.parent_path() / name;
  std::error_code missing, ignored;
  const fs::path folder = fs::canonical(path, missing).parent_path();
  if (!missing && folder != fs::canonical(json.parent_path() / ".", ignored) &&
      folder != fs::canonical(json, ignored).parent_path())
    return fail(ErrorCode::invalid_argument, path.string(),
                "is a link to another folder: copy the file to the folder of model.json");
  return read_regular(path, most);
}

} // namespace

bool is_other_model_json(std::span<const std::byte> bytes) {
  return importing::is_tfjs(bytes);
}

Result<std::vector<std::byte>> as_onnx(std::vector<std::byte> bytes, const std::filesystem::path& file,
                                       const Wanted& wanted, const Limits& limits) {
  if (importing::format_of(bytes) == importing::Format::none)
    return bytes;
  const auto beside = [&](const std::string& name) { return read_beside(file, name, limits.file_bytes); };
  Budget budget(limits.load_units);
  auto model = importing::read(bytes, {wanted.network, beside, wanted.chain}, limits, budget);
  if (!model)
    return tl::unexpected(std::move(model).error().within(file.string()));
  return onnx::write(*model);
}

} // namespace ganlet
