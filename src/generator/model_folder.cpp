#include "generator/model_folder.h"

#include <algorithm>

#include "core/sha256.h"
#include "core/text.h"
#include "generator/model_json.h"
#include "image/npy.h"
#include "image/whole_file.h"
#include "onnx/reader.h"
#include "xnn/xnn.h"

namespace ganlet {

namespace {

namespace fs = std::filesystem;

/// The message for a name that is neither a file nor a model: what there is instead.
std::string nothing_called(const std::vector<fs::path>& models) {
  std::string places;
  std::string ids;
  for (const fs::path& directory : models) {
    places += concat(places.empty() ? "" : " or ", directory.string());
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(directory, ignored))
      if (fs::exists(entry.path() / "model.json", ignored))
        ids += concat(ids.empty() ? "" : ", ", entry.path().filename().string());
  }
  return concat("there is no such file, and no model of this name in ", places, ids.empty() ? "" : "; there is ", ids);
}

} // namespace

Result<ModelPart> ModelFolder::part(std::string_view name) const {
  std::string names;
  for (const ModelPart& candidate : parts) {
    if (candidate.name == name)
      return candidate;
    names += concat(names.empty() ? "" : ", ", printable(candidate.name));
  }
  return fail(ErrorCode::not_found, path.string(), concat("has no part '", name, "', only ", names));
}

bool ModelFolder::has_part(std::string_view name) const {
  return std::ranges::find(parts, name, &ModelPart::name) != parts.end();
}

Result<ModelFolder> find_model(const std::string& name, const std::vector<fs::path>& models) {
  std::error_code ignored;
  const fs::path path(name);
  if (fs::is_regular_file(path / "model.json", ignored))
    return read_model_json(path);
  if (path.filename() == "model.json" && fs::is_regular_file(path, ignored))
    return read_model_json(path.parent_path());
  const bool is_file = name == "-" || (fs::exists(path, ignored) && !fs::is_directory(path, ignored));
  if (!is_file && is_plain_name(name))
    for (const fs::path& directory : models)
      if (fs::is_regular_file(directory / name / "model.json", ignored))
        return read_model_json(directory / name);
  if (!is_file && fs::is_directory(path, ignored))
    return fail(ErrorCode::not_found, name, "this folder has no model.json");
  if (!is_file)
    return fail(ErrorCode::not_found, name, nothing_called(models));
  ModelFolder model;
  model.path = path;
  model.description.id = name == "-" ? "standard input" : path.stem().string();
  model.description.title = model.description.id;
  model.parts.push_back({"generator", path, {}, {}});
  return model;
}

Result<std::vector<std::byte>> read_part(const ModelPart& part, const Limits& limits) {
  GANLET_TRY(std::vector<std::byte> bytes, read_whole(part.file, limits.file_bytes));
  // Another size would be said of these too, but not as well.
  if (const std::string_view kind = onnx::foreign_kind(bytes); !kind.empty())
    return fail(ErrorCode::corrupt, part.file.string(), concat("model: not an ONNX file: got ", kind));
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (part.bytes && *part.bytes != size)
    return fail(ErrorCode::corrupt, part.file.string(), concat("has ", size, " bytes, model.json says ", *part.bytes));
  if (!part.sha256.empty() && sha256_text(bytes) != part.sha256)
    return fail(ErrorCode::corrupt, part.file.string(),
                concat("has SHA-256 ", sha256_text(bytes), ", model.json says ", part.sha256));
  return bytes;
}

Result<Generator> load_model(const std::string& name, const LoadOptions& options) {
  GANLET_TRY(ModelFolder model, find_model(name, options.models));
  GANLET_TRY(const ModelPart part, model.part(options.part));
  GANLET_TRY(const std::vector<std::byte> bytes, read_part(part, options.compile.limits));
  const Backend& backend = options.backend ? *options.backend : xnn::backend;
  auto generator = Generator::load(bytes, std::move(model.description), backend, options.compile);
  if (!generator)
    return tl::unexpected(std::move(generator).error().within(part.file.string()));
  return generator;
}

Result<StyleGenerator> load_style_generator(const std::string& name, const LoadOptions& options) {
  GANLET_TRY(const ModelFolder model, find_model(name, options.models));
  const auto mapping = model.part("mapping"), synthesis = model.part("synthesis"), mean = model.part("mean_style");
  if (!mapping || !synthesis)
    return fail(ErrorCode::not_found, model.path.string(),
                "this model isn't style-based: it has no mapping and synthesis networks");
  const Limits& limits = options.compile.limits;
  GANLET_TRY(const std::vector<std::byte> mapping_bytes, read_part(*mapping, limits));
  GANLET_TRY(const std::vector<std::byte> synthesis_bytes, read_part(*synthesis, limits));
  StyleGenerator::Files files{mapping_bytes, synthesis_bytes, {}};
  if (mean) {
    GANLET_TRY(const std::vector<std::byte> bytes, read_part(*mean, limits));
    GANLET_TRY(const Tensor values, read_npy(bytes, limits, mean->file.string()));
    if (values.type() != DataType::float32)
      return fail(ErrorCode::corrupt, mean->file.string(), "must hold float32 numbers");
    files.mean_style.assign(values.as<float>().begin(), values.as<float>().end());
  }
  auto generator = StyleGenerator::load(files, model.description, options.backend ? *options.backend : xnn::backend,
                                        options.compile);
  if (!generator)
    return tl::unexpected(std::move(generator).error().within(model.path.string()));
  return generator;
}

Result<TruncatingGenerator> load_truncating_generator(const std::string& name, const LoadOptions& options,
                                                      float truncation) {
  GANLET_TRY(Generator generator, load_model(name, options));
  if (truncation == 1)
    return TruncatingGenerator(std::move(generator));
  GANLET_TRY(const ModelFolder model, find_model(name, options.models));
  if (!model.has_part("mapping") || !model.has_part("synthesis"))
    return TruncatingGenerator(std::move(generator));
  if (!options.part.starts_with("generator"))
    return fail(
        ErrorCode::invalid_argument, "truncation",
        concat("the part '", printable(options.part), "' has no mapping and synthesis networks, only 'generator' has"));
  GANLET_TRY(StyleGenerator styles, load_style_generator(name, options));
  return TruncatingGenerator::make(std::move(generator), std::move(styles));
}

Result<Encoder> load_encoder(const std::string& name, const LoadOptions& options) {
  GANLET_TRY(const ModelFolder model, find_model(name, options.models));
  constexpr std::string_view generator = "generator";
  const std::string kind = options.part.starts_with(generator) ? options.part.substr(generator.size()) : "";
  const auto part = model.part("encoder" + kind);
  if (!part)
    return fail(ErrorCode::not_found, model.path.string(), "this model has no encoder");
  GANLET_TRY(const std::vector<std::byte> bytes, read_part(*part, options.compile.limits));
  const Backend& backend = options.backend ? *options.backend : xnn::backend;
  auto encoder = Encoder::load(bytes, model.description.value_range.value_or(ValueRange{}),
                               model.description.preparation, backend, options.compile);
  if (!encoder)
    return tl::unexpected(std::move(encoder).error().within(part->file.string()));
  return encoder;
}

Result<std::vector<CatalogEntry>> read_catalog(const fs::path& models) {
  const fs::path file = models / "index.json";
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_json_bytes));
  GANLET_TRY(const nlohmann::json document, parse_json(bytes, file.string()));
  GANLET_TRY(const JsonValue list, JsonValue(document, file.string()).member("models"));
  GANLET_TRY(const std::vector<JsonValue> entries, list.elements());
  std::vector<CatalogEntry> catalog;
  for (const JsonValue& entry : entries) {
    CatalogEntry one;
    GANLET_TRY(const JsonValue id, entry.member("id"));
    GANLET_TRY(one.id, id.string());
    if (!is_plain_name(one.id))
      return id.error(concat("must be the name of a folder beside index.json, is '", printable(one.id), "'"));
    GANLET_TRY(one.title, text_or_nothing(entry, "title"));
    catalog.push_back(std::move(one));
  }
  return catalog;
}

} // namespace ganlet
