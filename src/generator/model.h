#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "generator/drawing.h"
#include "generator/encoder.h"
#include "generator/model_description.h"

namespace ganlet {

struct ModelOptions {
  const Backend* backend = nullptr; ///< required
  CompileOptions compile;
  /// What draws: "generator", or "generator_f32" for the parts in float32; else the name of one part.
  std::string part = "generator";
  /// What stands before a part's file name in the places of errors: "models/digits/"; of a bare file its whole path.
  std::string folder;
  /// Where parts come from that a call needs and nobody has given. Without it such a call fails as not_found.
  std::function<Result<std::vector<std::byte>>(const ModelPart&)> source;
};

/// Checks a part's bytes against what model.json promises. Errors: corrupt (something else than was promised, or HTML
/// in place of a model), limit_exceeded; without a place.
Result<void> check_part(const ModelPart& part, std::span<const std::byte> bytes, const Limits& limits);

/// One opened model. It knows its parts, and loads each when first needed: `needs` names those that a request still
/// lacks, and whoever opened it hands their bytes over with `give`, or lets `ModelOptions::source` do it. Move-only;
/// not thread-safe.
///
///     GANLET_TRY(Model model, Model::open(json, "digits/model.json", {.backend = &xnn::backend}));
///     GANLET_TRY(const std::vector<ModelPart> missing, model.needs(request));
///     for (const ModelPart& part : missing)
///       GANLET_CHECK(model.give(part.name, read(part.file)));
///     GANLET_TRY(Drawing drawing, model.draw(request));
class Model {
 public:
  /// A model by its model.json; `place` names that in errors. Errors: corrupt, not_found for a part that there isn't.
  static Result<Model> open(std::span<const std::byte> model_json, const std::string& place, ModelOptions options);
  static Result<Model> open(ModelDescription description, ModelOptions options);
  /// A model that is one bare file, which is loaded at once. Errors: those of `give`.
  static Result<Model> open_file(std::span<const std::byte> file, const std::string& name, ModelOptions options);

  const ModelDescription& description() const { return description_; }
  const ModelOptions& options() const { return options_; }
  /// Whether it has a mapping and a synthesis network, so that styles can be mixed.
  bool has_styles() const;
  bool has_encoder() const { return encoder_part() != nullptr; }
  /// The generator kept nearest to a step of training; null for the model as it is.
  const TrainingStep* kept_at(std::optional<std::int64_t> step) const;

  /// The parts that drawing this needs and that haven't been given; no file may be larger than its `bytes`, or than
  /// `Limits::file_bytes` where that says nothing. Errors: invalid_argument for what the model can't do.
  Result<std::vector<ModelPart>> needs(const DrawRequest& request) const;
  std::vector<ModelPart> needs_to_encode() const;
  /// Hands over a part. It is checked against model.json, read and compiled; its bytes aren't kept.
  /// Errors: not_found, corrupt, unsupported, invalid_argument, limit_exceeded; nothing changes then.
  Result<void> give(std::string_view part, std::span<const std::byte> bytes);

  /// Errors: invalid_argument, not_found, limit_exceeded; those of `give` where there is a source.
  Result<Drawing> draw(DrawRequest request, Keep keep = Keep::picture);
  /// The finished picture of a request, all images side by side. Errors: those of `draw` and of Drawing::step.
  Result<Image> picture(DrawRequest request);
  /// What is known of the images that the model draws. Errors: those of `draw`.
  Result<ImageFacts> facts();
  /// The names of the classes; "0", "1", ... where the model names none.
  const std::vector<std::string>& labels() const { return description_.labels; }

  /// The latent of a picture of any size and colour. Errors: not_found, and those of Encoder::encode.
  Result<std::vector<float>> encode(const Image& picture);
  /// The encoder, loaded. Errors: not_found, those of `give`.
  Result<Encoder*> encoder();

  /// The network that gives the image (a style-based model's synthesis), or the part that was asked for, to be run on
  /// arrays and looked into. Errors: those of `draw`.
  Result<Program*> program();

 private:
  Model() = default;
  Result<void> choose_part();
  std::string suffix() const; ///< "" or "_f32": of the parts that draw
  bool draws_by_styles(std::optional<std::int64_t> step) const;
  const ModelPart* encoder_part() const;
  /// What draws a request: one part, or those of a style-based model.
  std::vector<std::string> parts_of(const DrawRequest& request) const;
  bool has(std::string_view part) const;
  Result<void> read_array(const ModelPart& part, std::span<const std::byte> bytes);
  Result<void> read_network(const ModelPart& part, std::span<const std::byte> bytes);
  Result<void> join_styles();
  Result<void> fetch(const std::vector<ModelPart>& parts);
  Result<std::shared_ptr<ImageNetwork>> network_of(const DrawRequest& request);
  void name_classes(std::int64_t count);

  ModelDescription description_;
  ModelOptions options_;
  std::map<std::string, std::shared_ptr<GeneratorNetwork>, std::less<>> generators_; ///< by part
  std::shared_ptr<StyleNetwork> styles_; ///< of mapping and synthesis, once both are there
  std::map<std::string, std::unique_ptr<Program>, std::less<>> programs_; ///< that draw nothing by themselves
  std::map<std::string, std::vector<float>, std::less<>> arrays_;
  std::optional<Encoder> encoder_;
  std::string encoder_name_;
};

} // namespace ganlet
