#include "generator/model_folder.h"

#include <algorithm>
#include <charconv>

#include "core/rng.h"
#include "core/text.h"
#include "generator/latent.h"
#include "generator/model_json.h"
#include "generator/other_formats.h"
#include "image/npy.h"
#include "image/whole_file.h"
#include "onnx/join_styles.h"
#include "onnx/reader.h"
#include "onnx/writer.h"
#include "xnn/xnn.h"

namespace ganlet {

namespace {

namespace fs = std::filesystem;

/// The message for a name that is neither a file nor a model; it lists the models that exist.
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

ModelFolder bare_file(const fs::path& path, std::string name) {
  ModelFolder model;
  model.path = path;
  model.description.id = name;
  model.description.title = std::move(name);
  model.description.parts.push_back({"generator", "", {}, {}});
  return model;
}

Result<ModelFolder> read_folder(const fs::path& folder) {
  const fs::path file = folder / "model.json";
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, Limits{}.file_bytes));
  std::error_code ignored;
  if (is_other_model_json(bytes))
    return bare_file(file, fs::weakly_canonical(folder, ignored).filename().string());
  GANLET_TRY(ModelDescription description, read_model_json(bytes, file.string()));
  return ModelFolder{folder, std::move(description)};
}

/// A part's bytes, checked against model.json.
Result<std::vector<std::byte>> checked_part(const ModelFolder& folder, const std::string& name, const Limits& limits) {
  GANLET_TRY(const ModelPart part, folder.description.part(name));
  GANLET_TRY(std::vector<std::byte> bytes, read_part(folder, part, limits));
  if (Result<void> right = check_part(part, bytes, limits); !right)
    return tl::unexpected(std::move(right).error().within(folder.file_of(part).string()));
  return bytes;
}

/// Reads a part with `read(bytes)`; errors have its file as their place.
template <typename Read>
auto read_as(const ModelFolder& folder, const std::string& name, const Limits& limits, Read read)
    -> decltype(read(std::span<const std::byte>())) {
  GANLET_TRY(const std::vector<std::byte> bytes, checked_part(folder, name, limits));
  auto content = read(std::span<const std::byte>(bytes));
  if (!content)
    return tl::unexpected(
        std::move(content).error().within(folder.file_of(*folder.description.find_part(name)).string()));
  return content;
}

/// The `fixed` noise of a synthesis network, see `StyleNetwork::set_noise`.
Result<std::vector<float>> noise_for(const onnx::Model& synthesis, const ModelFolder& folder, const Limits& limits) {
  std::vector<float> noise(static_cast<std::size_t>(onnx::noise_size(synthesis)));
  if (folder.description.find_part("noise") == nullptr) {
    Rng(0, stream::noise).fill_normal(noise);
    return noise;
  }
  const auto numbers = [&](std::span<const std::byte> bytes) { return read_npy(bytes, limits, ""); };
  GANLET_TRY(const Tensor array, read_as(folder, "noise", limits, numbers));
  if (array.type() != DataType::float32)
    return fail(ErrorCode::corrupt, "noise", "must hold float32 numbers");
  const auto values = array.as<float>();
  noise.assign(values.begin(), values.end());
  return noise;
}

Result<std::vector<std::byte>> read_joined(const ModelFolder& folder, const std::string& suffix, const Limits& limits) {
  const auto network = [&](std::span<const std::byte> bytes) { return onnx::read(bytes, limits); };
  GANLET_TRY(onnx::Model mapping, read_as(folder, "mapping" + suffix, limits, network));
  GANLET_TRY(onnx::Model synthesis, read_as(folder, "synthesis" + suffix, limits, network));
  GANLET_TRY(const std::vector<float> noise, noise_for(synthesis, folder, limits));
  auto joined = onnx::join_styles(std::move(mapping), std::move(synthesis), noise);
  if (!joined)
    return tl::unexpected(std::move(joined).error().within(folder.path.string()));
  return onnx::write(*joined);
}

/// A version number; empty if the text isn't one, or isn't its only spelling: a model has one name for each version.
std::optional<std::int64_t> version_of(std::string_view text) {
  std::int64_t version = 0;
  std::from_chars(text.data(), text.data() + text.size(), version);
  return text == std::to_string(version) ? std::optional(version) : std::nullopt;
}

} // namespace

std::filesystem::path ModelFolder::file_of(const ModelPart& part) const {
  return part.file.empty() ? path : path / part.file;
}

Result<FoundById> find_by_id(const std::string& name, const std::vector<fs::path>& models) {
  const std::size_t at = std::min(name.find('@'), name.size());
  const auto wanted = at < name.size() ? version_of(std::string_view(name).substr(at + 1)) : std::nullopt;
  const std::string id = wanted ? name.substr(0, at) : name;
  FoundById found;
  if (!is_plain_name(name) || id.empty())
    return found;
  std::error_code ignored;
  for (const fs::path& directory : models)
    for (const std::string& folder : {id, name}) {
      if (!fs::is_regular_file(directory / folder / "model.json", ignored))
        continue;
      GANLET_TRY(ModelFolder model, read_folder(directory / folder));
      if (wanted && model.description.version != wanted) {
        found.other_version = std::max(found.other_version.value_or(0), model.description.version);
        continue;
      }
      found.model = std::move(model);
      return found;
    }
  return found;
}

Result<ModelFolder> find_model(const std::string& name, const std::vector<fs::path>& models) {
  std::error_code ignored;
  const fs::path path(name);
  if (fs::is_regular_file(path / "model.json", ignored))
    return read_folder(path);
  if (path.filename() == "model.json" && fs::is_regular_file(path, ignored))
    return read_folder(path.has_parent_path() ? path.parent_path() : fs::path("."));
  const bool is_file = name == "-" || (fs::exists(path, ignored) && !fs::is_directory(path, ignored));
  if (is_file)
    return bare_file(path, name == "-" ? "standard input" : path.stem().string());
  GANLET_TRY(FoundById found, find_by_id(name, models));
  if (found.model)
    return std::move(*found.model);
  if (found.other_version)
    return fail(ErrorCode::not_found, name, concat("isn't here; the newest version is ", *found.other_version));
  return fail(ErrorCode::not_found, name,
              fs::is_directory(path, ignored) ? "this folder has no model.json" : nothing_called(models));
}

Result<std::vector<std::byte>> read_part(const ModelFolder& folder, const ModelPart& part, const Limits& limits) {
  const fs::path file = folder.file_of(part);
  if (!part.file.empty())
    return read_regular(file, limits.file_bytes);
  GANLET_TRY(std::vector<std::byte> bytes, read_whole(file, limits.file_bytes));
  return as_onnx(std::move(bytes), file, {folder.network, folder.chain}, limits);
}

Result<std::vector<std::byte>> read_network(const ModelFolder& folder, const std::string& part, const Limits& limits) {
  constexpr std::string_view generator = "generator";
  const ModelDescription& description = folder.description;
  if (part.starts_with(generator)) {
    const std::string suffix = part.substr(generator.size());
    if (description.find_part("mapping" + suffix) != nullptr && description.find_part("synthesis" + suffix) != nullptr)
      return read_joined(folder, suffix, limits);
  }
  return checked_part(folder, part, limits);
}

Result<Model> load_model(ModelFolder folder, const LoadOptions& options) {
  ModelOptions model_options{options.backend ? options.backend : &xnn::backend, options.compile, options.part, {}, {}};
  model_options.folder = fs::is_directory(folder.path) ? (folder.path / "").string() : folder.path.string();
  const Limits limits = options.compile.limits;
  model_options.source = [folder, limits, told = options.on_read](const ModelPart& part) {
    auto bytes = read_part(folder, part, limits);
    if (bytes && told)
      told(part, *bytes);
    return bytes;
  };
  auto model = Model::open(folder.description, std::move(model_options));
  if (!model)
    return tl::unexpected(std::move(model).error());
  if (auto loaded = model->graph(); !loaded)
    return tl::unexpected(std::move(loaded).error());
  return model;
}

Result<Model> load_model(const std::string& name, const LoadOptions& options) {
  GANLET_TRY(ModelFolder folder, find_model(name, options.models));
  folder.chain = options.chain;
  if (!options.image.empty())
    folder.description.image_output = options.image;
  if (options.range)
    folder.description.value_range = options.range;
  return load_model(std::move(folder), options);
}

Result<std::vector<CatalogEntry>> read_catalog(const fs::path& models, std::string_view list) {
  const fs::path file = models / "index.json";
  GANLET_TRY(const std::vector<std::byte> bytes, read_regular(file, most_json_bytes));
  return parse_catalog(bytes, file.string(), list);
}

Result<std::vector<CatalogEntry>> parse_catalog(std::span<const std::byte> json, const std::string& place,
                                                std::string_view list) {
  const std::string_view text(reinterpret_cast<const char*>(json.data()), json.size());
  GANLET_TRY(const Json document, parse_json(text, place));
  const JsonValue root(document, place);
  std::vector<CatalogEntry> catalog;
  if (list == catalog_of_translators && document.find(list) == nullptr)
    return catalog;
  GANLET_TRY(const JsonValue listed, root.member(list));
  GANLET_TRY(const std::vector<JsonValue> entries, listed.elements());
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
