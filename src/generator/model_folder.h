#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "generator/model.h"

/// Models as folders and files.
namespace ganlet {

/// Where a model lies, and what its model.json says; defaults for a bare file.
struct ModelFolder {
  std::filesystem::path path; ///< the folder, or the bare file
  ModelDescription description;
  std::string network{}; ///< of a file of another framework that holds several, the one to take; see importing::read

  /// Of a part of this model.
  std::filesystem::path file_of(const ModelPart& part) const;
};

struct LoadOptions {
  std::vector<std::filesystem::path> models{"models"}; ///< directories in which ids are looked up, first match wins
  std::string part = "generator";
  const Backend* backend = nullptr; ///< default: XNNPACK
  CompileOptions compile;
};

/// Finds a model by a folder that holds a model.json, by a bare file ("-" is standard input), or by its id: the name of
/// a folder in one of `models`. A bare file is an .onnx file or one of those that src/import reads, whose model.json
/// may be TensorFlow.js's. No file but model.json is read. Errors: not_found (the message lists the ids there are),
/// corrupt (model.json; the place is as in `models/digits/model.json: parts.generator.sha256`).
Result<ModelFolder> find_model(const std::string& name, const std::vector<std::filesystem::path>& models);

/// The bytes of a part; of a bare file of another framework, those of the ONNX file that it becomes. Errors: those of
/// importing::read; not_found, limit_exceeded for a file that is larger than model.json or `limits` say.
Result<std::vector<std::byte>> read_part(const ModelFolder& folder, const ModelPart& part, const Limits& limits);

/// The network of a part, as an ONNX file whose bytes are those that model.json promises. A style-based model's
/// generator is kept in two networks and the grain of its training; here they come as one file, which draws what the
/// model draws of a latent with nothing mixed, truncated or left out (see onnx::join_styles).
/// Errors: those of `read_part` and `check_part`, at the file; invalid_argument for an array, and for two networks that
/// don't fit each other.
Result<std::vector<std::byte>> read_network(const ModelFolder& folder, const std::string& part, const Limits& limits);

/// `find_model` and `Model::open`, with a source that reads the folder's files; the part that was asked for is loaded
/// at once, so that a model that can't draw is refused here.
Result<Model> load_model(const std::string& name, const LoadOptions& options = {});
Result<Model> load_model(ModelFolder folder, const LoadOptions& options = {});

/// What models/index.json lists.
struct CatalogEntry {
  std::string id; ///< the folder's name
  std::string title;
};

/// Reads `models`/index.json: {"models": [{"id": "digits", "title": "Handwritten digits"}, ...]}. Errors: not_found,
/// corrupt.
Result<std::vector<CatalogEntry>> read_catalog(const std::filesystem::path& models);
/// The same of the file's bytes; `place` names it in errors. Errors: corrupt.
Result<std::vector<CatalogEntry>> parse_catalog(std::span<const std::byte> json, const std::string& place);

} // namespace ganlet
