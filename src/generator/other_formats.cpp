#include "generator/other_formats.h"

#include "image/whole_file.h"
#include "import/importer.h"
#include "onnx/external_data.h"
#include "onnx/writer.h"

namespace ganlet {

namespace {

namespace fs = std::filesystem;

/// A file that another, which may be a stranger's, names beside itself. Links may lead to the folder where that really
/// is, as in caches that keep files under other names, but nowhere else.
Result<std::vector<std::byte>> read_beside(const fs::path& first, const std::string& name, std::int64_t most) {
  const fs::path path = first.parent_path() / name;
  std::error_code missing, ignored;
  const fs::path folder = fs::canonical(path, missing).parent_path();
  if (!missing && folder != fs::canonical(first.parent_path() / ".", ignored) &&
      folder != fs::canonical(first, ignored).parent_path())
    return fail(ErrorCode::invalid_argument, path.string(), "is a link to another folder: copy the file itself there");
  return read_regular(path, most);
}

} // namespace

bool is_other_model_json(std::span<const std::byte> bytes) {
  return importing::is_tfjs(bytes);
}

Result<std::vector<std::byte>> as_onnx(std::vector<std::byte> bytes, const std::filesystem::path& file,
                                       const Wanted& wanted, const Limits& limits) {
  const auto beside = [&](const std::string& name) { return read_beside(file, name, limits.file_bytes); };
  Budget budget(limits.load_units);
  const auto convert = [&]() -> Result<std::vector<std::byte>> {
    if (importing::format_of(bytes) == importing::Format::none) {
      GANLET_TRY(const std::vector<std::string> names, onnx::files_beside(bytes));
      return names.empty() ? std::move(bytes) : onnx::with_weights_inside(bytes, beside, limits, budget);
    }
    GANLET_TRY(const onnx::Model model, importing::read(bytes, {wanted.network, beside, wanted.chain}, limits, budget));
    return onnx::write(model);
  };
  auto converted = convert();
  if (!converted)
    return tl::unexpected(std::move(converted).error().within(file.string()));
  return converted;
}

} // namespace ganlet
