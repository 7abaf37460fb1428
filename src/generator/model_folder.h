#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "generator/model.h"

/// Models as folders and files.
namespace ganlet {

/// The location of a model, and what its model.json says (defaults for a bare file).
struct ModelFolder {
  std::filesystem::path path; ///< the folder, or the bare file
  ModelDescription description;
  std::string network{}; ///< of a file of another framework that holds several, the one to take; see importing::read
  bool chain = false;    ///< whether to guess the network of a file that only has tensors

  /// The path of a part of this model.
  std::filesystem::path file_of(const ModelPart& part) const;
};

struct LoadOptions {
  std::vector<std::filesystem::path> models{"models"}; ///< directories in which ids are looked up; the first match wins
  std::string part = "generator";
  std::string image; ///< the output that is the picture, if not empty; instead of `ModelDescription::image_output`
  std::optional<ValueRange> range;  ///< instead of `ModelDescription::value_range`
  const Backend* backend = nullptr; ///< default: XNNPACK
  bool chain = false;               ///< as in ModelFolder
  CompileOptions compile;
  /// Told of each part that is read, and its bytes: for a bare file, those of the ONNX file that it is or becomes.
  std::function<void(const ModelPart&, std::span<const std::byte>)> on_read{};
};

/// What `find_by_id` has found: the model, or else the newest version of it that isn't the wanted one, or neither.
struct FoundById {
  std::optional<ModelFolder> model;
  std::optional<std::int64_t> other_version;
};

/// Looks an id up, which is the name of a folder in one of `models`, and may end in @ and a version: `digits@2` is that
/// version of it, from a folder of this name if it isn't the newest. Errors: corrupt (model.json).
Result<FoundById> find_by_id(const std::string& name, const std::vector<std::filesystem::path>& models);

/// Finds a model by a folder that holds a model.json, by a bare file ("-" is standard input), or by its id. A bare file
/// is an .onnx file or one that src/import reads, such as TensorFlow.js's model.json. Only model.json is read here.
/// Errors: not_found (the message lists the existing ids), corrupt (model.json; the place is like
/// `models/digits/model.json: parts.generator.sha256`).
Result<ModelFolder> find_model(const std::string& name, const std::vector<std::filesystem::path>& models);

/// The bytes of a part; for a bare file of another framework, those of the ONNX file that it becomes. Errors: those of
/// importing::read; not_found; limit_exceeded for a file larger than model.json or `limits` say.
Result<std::vector<std::byte>> read_part(const ModelFolder& folder, const ModelPart& part, const Limits& limits);

/// The network of a part as an ONNX file, checked against model.json. A style-based model's generator is stored as two
/// networks and the noise of its training; here they are joined into one, which draws what the model draws from a
/// latent without mixing, truncation or other noise (see onnx::join_styles). Errors: those of `read_part` and
/// `check_part`, at the file; invalid_argument for an array, and for two networks that don't fit each other.
Result<std::vector<std::byte>> read_network(const ModelFolder& folder, const std::string& part, const Limits& limits);

/// `find_model` and `Model::open`, with a source that reads the folder's files. The chosen part is loaded at once, so
/// that a model that can't draw is refused here. Errors: those of `find_model`, `Model::open` and `Model::give`.
Result<Model> load_model(const std::string& name, const LoadOptions& options = {});
Result<Model> load_model(ModelFolder folder, const LoadOptions& options = {});

/// The two lists of models/index.json: what draws, and what makes pictures of pictures.
inline constexpr std::string_view catalog_of_models = "models", catalog_of_translators = "translators";

/// An entry of models/index.json.
struct CatalogEntry {
  std::string id; ///< the folder's name
  std::string title;
};

/// Reads one list of `models`/index.json: {"models": [{"id": "digits", "title": "Handwritten digits"}, ...]}. There may
/// be no translators. Errors: not_found, corrupt.
Result<std::vector<CatalogEntry>> read_catalog(const std::filesystem::path& models,
                                               std::string_view list = catalog_of_models);
/// The same from the file's bytes; `place` names it in errors. Errors: corrupt.
Result<std::vector<CatalogEntry>> parse_catalog(std::span<const std::byte> json, const std::string& place,
                                                std::string_view list = catalog_of_models);

} // namespace ganlet
