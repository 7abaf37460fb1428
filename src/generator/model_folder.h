#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "generator/encoder.h"
#include "generator/generator.h"
#include "generator/style.h"
#include "generator/truncating_generator.h"

namespace ganlet {

/// One file of a model.
struct ModelPart {
  std::string name; ///< "generator", "generator_f32"
  std::filesystem::path file;
  std::optional<std::int64_t> bytes; ///< as model.json promises; nothing for a bare .onnx
  std::string sha256;                ///< 64 hexadecimal digits, or empty for a bare .onnx
  std::vector<std::string> names{};  ///< of an array's rows, where model.json names them
};

/// A generator that was kept while the model was trained.
struct TrainingStep {
  std::string part; ///< its name; "generator" is the model at the end
  std::int64_t step = 0;
  std::vector<std::pair<std::string, double>> losses; ///< by their names, where they were written down
};

/// What a model's folder says of it: the content of model.json, or defaults for a bare .onnx.
struct ModelFolder {
  std::filesystem::path path; ///< the folder, or the bare file
  ModelDescription description;
  std::string summary; ///< a sentence or two for people
  std::string license;
  std::string training_data;
  std::vector<ModelPart> parts;
  std::vector<ModelPart> arrays;      ///< .npy files besides: "directions"
  std::vector<TrainingStep> training; ///< steps in their order, the last the model itself; none where none were kept
  std::vector<std::pair<std::string, std::string>> metrics; ///< "f32.precision", "0.86"

  /// Errors: not_found, which names the parts that there are.
  Result<ModelPart> part(std::string_view name) const;
  bool has_part(std::string_view name) const;
};

struct LoadOptions {
  std::vector<std::filesystem::path> models{"models"}; ///< directories in which ids are looked up, first match wins
  std::string part = "generator";
  const Backend* backend = nullptr; ///< default: XNNPACK
  CompileOptions compile;
};

/// Finds a model by a folder that holds a model.json, by a bare .onnx file ("-" is standard input), or by its id: the
/// name of a folder in one of `models`. No file but model.json is read. Errors: not_found (the message lists the ids
/// there are), corrupt (model.json; the place is as in `models/digits/model.json: parts.generator.sha256`).
Result<ModelFolder> find_model(const std::string& name, const std::vector<std::filesystem::path>& models);

/// The bytes of a part, whose count and SHA-256 are what model.json promises.
/// Errors: not_found, corrupt (something else than was promised, or HTML in place of a model), limit_exceeded.
Result<std::vector<std::byte>> read_part(const ModelPart& part, const Limits& limits);

/// `find_model`, `read_part` and `Generator::load` in one.
Result<Generator> load_model(const std::string& name, const LoadOptions& options = {});

/// The same for the encoder that goes with the part: `encoder` with `generator`, `encoder_f32` with `generator_f32`.
/// Errors: not_found also where it has none.
Result<Encoder> load_encoder(const std::string& name, const LoadOptions& options = {});

/// A style-based model's parts named mapping, synthesis and, where there is one, mean_style (.npy). Errors: not_found
/// also where it has no such parts.
Result<StyleGenerator> load_style_generator(const std::string& name, const LoadOptions& options = {});

/// The generator of a model that is to be truncated by psi; below 1, a style-based model's with its mapping, synthesis
/// and mean style. Errors: invalid_argument also for a part that these aren't of.
Result<TruncatingGenerator> load_truncating_generator(const std::string& name, const LoadOptions& options,
                                                      float truncation);

/// What models/index.json lists.
struct CatalogEntry {
  std::string id; ///< the folder's name
  std::string title;
};

/// Reads `models`/index.json: {"models": [{"id": "digits", "title": "Handwritten digits"}, ...]}. Errors: not_found,
/// corrupt.
Result<std::vector<CatalogEntry>> read_catalog(const std::filesystem::path& models);

} // namespace ganlet
