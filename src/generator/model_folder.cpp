#include "generator/model_folder.h"

#include <algorithm>
#include <cmath>

#include "core/sha256.h"
#include "core/text.h"
#include "generator/json_reader.h"
#include "image/npy.h"
#include "image/whole_file.h"
#include "onnx/reader.h"
#include "xnn/xnn.h"

namespace ganlet {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t most_json_bytes = std::int64_t{1} << 20;
constexpr std::int64_t most_image_side = 1 << 15;

/// A file or folder name that can't lead out of the folder it is looked up in.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && std::ranges::none_of(name, [](char c) {
    return c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < 0x20;
  });
}

Result<std::string> text_or_nothing(const JsonValue& object, std::string_view name) {
  GANLET_TRY(const std::optional<JsonValue> field, object.optional_member(name));
  return field ? field->string() : std::string();
}

Result<ModelPart> read_part_entry(const std::string& name, const JsonValue& entry, const fs::path& folder) {
  ModelPart part{name, {}, {}, {}};
  GANLET_TRY(const JsonValue file, entry.member("file"));
  GANLET_TRY(const std::string file_name, file.string());
  if (!is_plain_name(file_name))
    return file.error(concat("must be the name of a file in this folder, is '", printable(file_name), "'"));
  part.file = folder / file_name;
  GANLET_TRY(const JsonValue bytes, entry.member("bytes"));
  GANLET_TRY(part.bytes, bytes.integer(1, INT64_MAX));
  GANLET_TRY(const JsonValue digest, entry.member("sha256"));
  GANLET_TRY(part.sha256, digest.string());
  const bool is_digest = part.sha256.size() == 64 && std::ranges::all_of(part.sha256, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
  if (!is_digest)
    return digest.error("must be 64 lower-case hexadecimal digits");
  return part;
}

Result<void> read_latent(const JsonValue& root, ModelDescription& description) {
  GANLET_TRY(const std::optional<JsonValue> latent, root.optional_member("latent"));
  if (!latent)
    return {};
  GANLET_TRY(const std::optional<JsonValue> size, latent->optional_member("size"));
  if (size) {
    GANLET_TRY(description.latent_size, size->integer(1, std::int64_t{1} << 20));
  }
  GANLET_TRY(const std::optional<JsonValue> distribution, latent->optional_member("distribution"));
  if (distribution) {
    GANLET_TRY(const std::string name, distribution->string());
    if (name != "normal" && name != "uniform")
      return distribution->error(concat("must be \"normal\" or \"uniform\", is \"", printable(name), "\""));
    description.distribution = name == "uniform" ? Distribution::uniform : Distribution::normal;
  }
  return {};
}

Result<void> read_value_range(const JsonValue& range, ModelDescription& description) {
  GANLET_TRY(const std::vector<JsonValue> ends, range.elements());
  if (ends.size() != 2)
    return range.error("must be two numbers, [low, high]");
  GANLET_TRY(const double low, ends[0].number());
  GANLET_TRY(const double high, ends[1].number());
  description.value_range = ValueRange{static_cast<float>(low), static_cast<float>(high)};
  if (!(description.value_range->low < description.value_range->high) || !std::isfinite(low) || !std::isfinite(high))
    return range.error("must be two numbers, [low, high], the first below the second");
  return {};
}

Result<void> read_image(const JsonValue& root, ModelDescription& description) {
  GANLET_TRY(const std::optional<JsonValue> image, root.optional_member("image"));
  if (!image)
    return {};
  GANLET_TRY(const std::optional<JsonValue> range, image->optional_member("range"));
  if (range)
    GANLET_CHECK(read_value_range(*range, description));
  GANLET_TRY(const std::optional<JsonValue> any_width, image->optional_member("width"));
  GANLET_TRY(const std::optional<JsonValue> any_height, image->optional_member("height"));
  if (!any_width && !any_height)
    return {};
  GANLET_TRY(const JsonValue width, image->member("width"));
  GANLET_TRY(const JsonValue height, image->member("height"));
  GANLET_TRY(const std::optional<JsonValue> channels, image->optional_member("channels"));
  ImageSize size;
  GANLET_TRY(size.width, width.integer(1, most_image_side));
  GANLET_TRY(size.height, height.integer(1, most_image_side));
  if (channels) {
    GANLET_TRY(size.channels, channels->integer(1, 4));
    if (size.channels == 2)
      return channels->error("must be 1, 3 or 4");
  }
  description.image_size = size;
  return {};
}

Result<void> read_labels(const JsonValue& root, ModelDescription& description) {
  GANLET_TRY(const std::optional<JsonValue> labels, root.optional_member("labels"));
  if (!labels)
    return {};
  GANLET_TRY(const std::vector<JsonValue> names, labels->elements());
  for (const JsonValue& name : names) {
    GANLET_TRY(std::string text, name.string());
    description.labels.push_back(std::move(text));
  }
  return {};
}

Result<void> read_preparation(const JsonValue& root, ModelDescription& description) {
  GANLET_TRY(const std::optional<JsonValue> preparation, root.optional_member("preparation"));
  if (!preparation)
    return {};
  GANLET_TRY(const std::string name, preparation->string());
  if (name != "square" && name != "digit")
    return preparation->error(concat("must be \"square\" or \"digit\", is \"", printable(name), "\""));
  description.preparation = name == "digit" ? Preparation::digit : Preparation::square;
  return {};
}

Result<void> read_roles(const JsonValue& root, ModelDescription& description) {
  GANLET_TRY(const std::optional<JsonValue> roles, root.optional_member("roles"));
  if (!roles)
    return {};
  GANLET_TRY(description.latent_input, text_or_nothing(*roles, "latent"));
  GANLET_TRY(description.label_input, text_or_nothing(*roles, "label"));
  GANLET_TRY(description.image_output, text_or_nothing(*roles, "image"));
  return {};
}

/// The leaves of a nested object as "f32.precision" -> "0.86".
void flatten(const nlohmann::json& value, const std::string& name, std::vector<std::pair<std::string, std::string>>& out) {
  if (!value.is_object()) {
    out.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    return;
  }
  for (const auto& [key, inner] : value.items())
    flatten(inner, name.empty() ? key : concat(name, ".", key), out);
}

Result<ModelFolder> read_model_json(const fs::path& folder) {
  const fs::path file = folder / "model.json";
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(file, most_json_bytes));
  GANLET_TRY(const nlohmann::json document, parse_json(bytes, file.string()));
  const JsonValue root(document, file.string());
  ModelFolder model;
  model.path = folder;
  GANLET_TRY(const JsonValue id, root.member("id"));
  GANLET_TRY(model.description.id, id.string());
  GANLET_TRY(model.description.title, text_or_nothing(root, "title"));
  GANLET_TRY(model.summary, text_or_nothing(root, "description"));
  GANLET_TRY(model.license, text_or_nothing(root, "license"));
  GANLET_TRY(model.training_data, text_or_nothing(root, "training_data"));
  GANLET_TRY(const JsonValue parts, root.member("parts"));
  GANLET_TRY(const auto entries, parts.members());
  for (const auto& [name, entry] : entries) {
    GANLET_TRY(ModelPart part, read_part_entry(name, entry, folder));
    model.parts.push_back(std::move(part));
  }
  if (model.parts.empty())
    return parts.error("must have at least one part");
  GANLET_CHECK(read_latent(root, model.description));
  GANLET_CHECK(read_image(root, model.description));
  GANLET_CHECK(read_labels(root, model.description));
  GANLET_CHECK(read_preparation(root, model.description));
  GANLET_CHECK(read_roles(root, model.description));
  GANLET_TRY(const std::optional<JsonValue> metrics, root.optional_member("metrics"));
  if (metrics)
    flatten(metrics->raw(), "", model.metrics);
  return model;
}

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
    return fail(ErrorCode::not_found, model.path.string(), "this model isn't style-based: it has no mapping and synthesis networks");
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
  auto generator = StyleGenerator::load(files, model.description, options.backend ? *options.backend : xnn::backend, options.compile);
  if (!generator)
    return tl::unexpected(std::move(generator).error().within(model.path.string()));
  return generator;
}

Result<Encoder> load_encoder(const std::string& name, const LoadOptions& options) {
  GANLET_TRY(const ModelFolder model, find_model(name, options.models));
  const auto part = model.part("encoder");
  if (!part)
    return fail(ErrorCode::not_found, model.path.string(), "this model has no encoder");
  GANLET_TRY(const std::vector<std::byte> bytes, read_part(*part, options.compile.limits));
  const Backend& backend = options.backend ? *options.backend : xnn::backend;
  auto encoder = Encoder::load(bytes, model.description.value_range.value_or(ValueRange{}), model.description.preparation, backend, options.compile);
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
