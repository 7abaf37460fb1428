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

#include "generator/array_run.h"
#include "generator/drawing.h"
#include "generator/encoder.h"
#include "generator/model_description.h"

namespace ganlet {

class RangeMeasure;
class Translation;
class Translator;

struct ModelOptions {
  const Backend* backend = nullptr; ///< required
  CompileOptions compile;
  /// The network that draws: "generator", or "generator_f32" for the parts in float32, or the name of any other part.
  std::string part = "generator";
  /// Put before a part's file name in the places of errors: "models/digits/"; for a bare file its whole path.
  std::string folder;
  /// Supplies parts that a call needs and that haven't been given. Without it such a call fails as not_found.
  std::function<Result<std::vector<std::byte>>(const ModelPart&)> source;
};

/// Checks a part's bytes against what model.json declares. Errors, without a place: corrupt (other bytes than declared,
/// or HTML instead of a model), limit_exceeded.
Result<void> check_part(const ModelPart& part, std::span<const std::byte> bytes, const Limits& limits);

/// Whether a part of this name draws by itself; others draw together, or have another purpose.
bool draws_alone(std::string_view part);

/// An opened model. It knows its parts and loads each when it is first needed: `needs` lists those that a request still
/// lacks, and the caller passes their bytes to `give` or has set `ModelOptions::source`. Move-only; not thread-safe.
///
///     GANLET_TRY(Model model, Model::open(json, "digits/model.json", {.backend = &xnn::backend}));
///     GANLET_TRY(const std::vector<ModelPart> missing, model.needs(request));
///     for (const ModelPart& part : missing)
///       GANLET_CHECK(model.give(part.name, read(part.file)));
///     GANLET_TRY(Drawing drawing, model.draw(request));
class Model {
 public:
  /// Opens a model by its model.json; `place` names that file in errors. Errors: corrupt; not_found if
  /// `ModelOptions::part` doesn't exist.
  static Result<Model> open(std::span<const std::byte> model_json, const std::string& place, ModelOptions options);
  static Result<Model> open(ModelDescription description, ModelOptions options);
  /// Opens a model that is a single bare file, which is loaded at once. Errors: those of `give`.
  static Result<Model> open_file(std::span<const std::byte> file, const std::string& name, ModelOptions options);

  const ModelDescription& description() const { return description_; }
  const ModelOptions& options() const { return options_; }
  /// Whether it has a mapping and a synthesis network, so that styles can be mixed.
  bool has_styles() const;
  bool has_encoder() const { return encoder_part() != nullptr; }
  /// The kept generator whose step of training is nearest; null for the model itself.
  const TrainingStep* kept_at(std::optional<std::int64_t> step) const;

  /// The parts that drawing this request needs and that haven't been given. A file must not be larger than its `bytes`,
  /// which are at most `Limits::file_bytes`, whatever model.json says. Errors: invalid_argument if the model can't do
  /// what the request asks for.
  Result<std::vector<ModelPart>> needs(const DrawRequest& request) const;
  /// Errors: not_found if there is no encoder.
  Result<std::vector<ModelPart>> needs_to_encode() const;
  /// Passes in a part. It is checked against model.json, read and compiled; its bytes aren't kept. Errors: not_found,
  /// corrupt, unsupported, invalid_argument, limit_exceeded; the model is unchanged then.
  Result<void> give(std::string_view part, std::span<const std::byte> bytes);

  /// Begins to draw a request. Errors: invalid_argument, not_found (a missing part), limit_exceeded; with a source,
  /// those of the source and of `give`.
  Result<Drawing> draw(DrawRequest request, Keep keep = Keep::picture);
  /// The finished picture of a request, with all images side by side. Errors: those of `draw` and of Drawing::finish.
  Result<Image> picture(DrawRequest request, Budget::Clock::time_point deadline = Budget::Clock::time_point::max());
  /// Facts about the images that the model draws; loads the network if necessary, and measures the range of its values
  /// if neither model.json nor its end tells it, as drawing does. Errors: those of `draw`.
  Result<ImageFacts> facts();
  /// Goes on measuring the range without waiting for a backend that answers later; whether it is known. For pages.
  /// Errors: those of `draw`.
  Result<bool> poll_range();
  /// What a saved picture says of itself: the model's id and version, and the request as JSON.
  std::vector<std::pair<std::string, std::string>> origin_of(const DrawRequest& request) const;
  /// The names of the classes; "0", "1", ... if the model doesn't name them.
  const std::vector<std::string>& labels() const { return description_.labels; }

  /// Whether it makes pictures of pictures instead of drawing them: known once the part has been given or loaded.
  bool takes_pictures() const { return translator_ != nullptr; }
  /// Begins to make another picture of one (generator/translation.h). Errors: invalid_argument unless it
  /// `takes_pictures`; those of Translator::begin.
  Result<Translation> translate(Image picture);

  /// The latent of a picture of any size and colour. Errors: not_found if there is no encoder; those of
  /// Encoder::encode.
  Result<std::vector<float>> encode(const Image& picture);
  /// The encoder, loaded if necessary. Errors: not_found; those of `give`.
  Result<Encoder*> encoder();

  /// Begins to run `program()` on arrays. Errors: those of `program` and of ArrayRun::begin.
  Result<ArrayRun> run(std::vector<NamedArray> inputs);
  /// The network whose output is the image (a style-based model's synthesis), or the part named by
  /// `ModelOptions::part`; for running it on arrays and looking inside. Errors: those of `draw`; those of
  /// Translator::program.
  Result<Program*> program();
  /// What that network computes; `program` runs it, but for a network that takes pictures of any size. Errors: those of
  /// `draw`.
  Result<const Graph*> graph();

 private:
  Model() = default;
  Result<void> choose_part();
  std::string suffix() const; ///< "" or "_f32": how the names of the parts that draw end
  bool draws_by_styles(std::optional<std::int64_t> step) const;
  const ModelPart* encoder_part() const;
  /// The names of the parts that draw a request: one generator, or the networks and arrays of a style-based model.
  std::vector<std::string> parts_of(const DrawRequest& request) const;
  bool has(std::string_view part) const;
  Result<void> read_array(const ModelPart& part, std::span<const std::byte> bytes);
  Result<void> read_network(const ModelPart& part, std::span<const std::byte> bytes);
  Result<void> join_styles();
  Result<void> fetch(const std::vector<ModelPart>& parts);
  Result<std::shared_ptr<ImageNetwork>> network_of(const DrawRequest& request, bool waits_for_range = true);
  Result<bool> find_range(const std::shared_ptr<ImageNetwork>& network, bool may_block);
  Result<void> load();
  ModelPart limited(ModelPart part) const;
  void name_classes(std::int64_t count);

  ModelDescription description_;
  ModelOptions options_;
  std::map<std::string, std::shared_ptr<GeneratorNetwork>, std::less<>> generators_; ///< by part
  std::shared_ptr<Translator> translator_;                                           ///< the part, if it takes pictures
  std::shared_ptr<StyleNetwork> styles_; ///< mapping and synthesis, once both are there
  std::map<std::string, std::unique_ptr<Program>, std::less<>> programs_; ///< parts that draw nothing by themselves
  std::map<std::string, std::vector<float>, std::less<>> arrays_;
  std::shared_ptr<RangeMeasure> measure_; ///< under way
  std::optional<MeasuredRange> measured_;
  std::optional<Encoder> encoder_;
  std::string encoder_name_;
};

} // namespace ganlet
