#include "generator/model_folder.h"

#include <algorithm>

#include "core/text.h"
#include "generator/model_json.h"
#include "image/whole_file.h"
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

Result<ModelFolder> read_folder(const fs::path& folder) {
  const fs::path file = folder / "model.json";
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_json_bytes));
  GANLET_TRY(ModelDescription description, read_model_json(bytes, file.string()));
  return ModelFolder{folder, std::move(description)};
}

} // namespace

std::filesystem::path ModelFolder::file_of(const ModelPart& part) const {
  return part.file.empty() ? path : path / part.file;
}

Result<ModelFolder> find_model(const std::string& name, const std::vector<fs::path>& models) {
  std::error_code ignored;
  const fs::path path(name);
  if (fs::is_regular_file(path / "model.json", ignored))
    return read_folder(path);
  if (path.filename() == "model.json" && fs::is_regular_file(path, ignored))
    return read_folder(path.parent_path());
  const bool is_file = name == "-" || (fs::exists(path, ignored) && !fs::is_directory(path, ignored));
  if (!is_file && is_plain_name(name))
    for (const fs::path& directory : models)
      if (fs::is_regular_file(directory / name / "model.json", ignored))
        return read_folder(directory / name);
  if (!is_file && fs::is_directory(path, ignored))
    return fail(ErrorCode::not_found, name, "this folder has no model.json");
  if (!is_file)
    return fail(ErrorCode::not_found, name, nothing_called(models));
  ModelFolder model;
  model.path = path;
  model.description.id = name == "-" ? "standard input" : path.stem().string();
  model.description.title = model.description.id;
  model.description.parts.push_back({"generator", "", {}, {}});
  return model;
}

Result<std::vector<std::byte>> read_part(const ModelFolder& folder, const ModelPart& part, const Limits& limits) {
  return read_whole(folder.file_of(part), limits.file_bytes);
}

Result<Model> load_model(ModelFolder folder, const LoadOptions& options) {
  ModelOptions model_options{options.backend ? options.backend : &xnn::backend, options.compile, options.part, {}, {}};
  model_options.folder = fs::is_directory(folder.path) ? (folder.path / "").string() : folder.path.string();
  const Limits limits = options.compile.limits;
  model_options.source = [folder, limits](const ModelPart& part) { return read_part(folder, part, limits); };
  auto model = Model::open(folder.description, std::move(model_options));
  if (!model)
    return tl::unexpected(std::move(model).error());
  if (auto loaded = model->program(); !loaded)
    return tl::unexpected(std::move(loaded).error());
  return model;
}

Result<Model> load_model(const std::string& name, const LoadOptions& options) {
  GANLET_TRY(ModelFolder folder, find_model(name, options.models));
  return load_model(std::move(folder), options);
}

Result<std::vector<CatalogEntry>> read_catalog(const fs::path& models) {
  const fs::path file = models / "index.json";
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_json_bytes));
  return parse_catalog(bytes, file.string());
}

Result<std::vector<CatalogEntry>> parse_catalog(std::span<const std::byte> json, const std::string& place) {
  const std::string_view text(reinterpret_cast<const char*>(json.data()), json.size());
  GANLET_TRY(const Json document, parse_json(text, place));
  GANLET_TRY(const JsonValue list, JsonValue(document, place).member("models"));
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
