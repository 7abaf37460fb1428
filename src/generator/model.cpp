#include "generator/model.h"

#include <algorithm>
#include <cstdlib>

#include "core/sha256.h"
#include "core/text.h"
#include "generator/missing_operators.h"
#include "generator/model_json.h"
#include "generator/range_measure.h"
#include "generator/read_graph.h"
#include "generator/translation.h"
#include "graph/onnx_ops.h"
#include "image/npy.h"
#include "onnx/reader.h"

namespace ganlet {

namespace {

constexpr std::string_view generator = "generator";

bool is_array(const ModelPart& part) {
  return part.file.ends_with(".npy");
}

/// Errors: invalid_argument if the part isn't a network.
Result<void> check_network(const ModelPart& part) {
  if (is_array(part))
    return fail(ErrorCode::invalid_argument, part.name, "is an array, not a network");
  return {};
}

/// What gives a part's bytes again, if they are still those of this digest.
Translator::Source same_bytes(decltype(ModelOptions::source) source, ModelPart part, std::string digest) {
  return [source = std::move(source), part = std::move(part),
          digest = std::move(digest)]() -> Result<std::vector<std::byte>> {
    GANLET_TRY(std::vector<std::byte> bytes, source(part));
    if (sha256_text(bytes) != digest)
      return fail(ErrorCode::corrupt, part.name, "has changed since it was opened");
    return bytes;
  };
}

} // namespace

bool draws_alone(std::string_view part) {
  return !part.starts_with("mapping") && !part.starts_with("synthesis") && !part.starts_with("encoder");
}

Result<void> check_part(const ModelPart& part, std::span<const std::byte> bytes, const Limits& limits) {
  if (const std::string_view kind = onnx::foreign_kind(bytes); !kind.empty())
    return fail(ErrorCode::corrupt, "", concat("model: not an ONNX file: got ", kind));
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (part.bytes && *part.bytes != size)
    return fail(ErrorCode::corrupt, "", concat("has ", size, " bytes, model.json says ", *part.bytes));
  if (size > limits.file_bytes)
    return fail(ErrorCode::limit_exceeded, "",
                concat("has ", size, " bytes; at most ", limits.file_bytes, " are allowed"));
  if (part.sha256.empty())
    return {};
  if (const std::string digest = sha256_text(bytes); digest != part.sha256)
    return fail(ErrorCode::corrupt, "", concat("has SHA-256 ", digest, ", model.json says ", part.sha256));
  return {};
}

Result<Model> Model::open(std::span<const std::byte> model_json, const std::string& place, ModelOptions options) {
  GANLET_TRY(ModelDescription description, read_model_json(model_json, place));
  return open(std::move(description), std::move(options));
}

Result<Model> Model::open(ModelDescription description, ModelOptions options) {
  Model model;
  model.description_ = std::move(description);
  model.options_ = std::move(options);
  GANLET_CHECK(model.choose_part());
  return model;
}

Result<Model> Model::open_file(std::span<const std::byte> file, const std::string& name, ModelOptions options) {
  ModelDescription description;
  description.id = description.title = name;
  description.parts.push_back({std::string(generator), "", {}, {}});
  options.part = generator;
  GANLET_TRY(Model model, open(std::move(description), std::move(options)));
  GANLET_CHECK(model.give(generator, file));
  return model;
}

/// Errors: not_found if no part has the name `ModelOptions::part`.
Result<void> Model::choose_part() {
  if (options_.part.starts_with(generator) && has_styles())
    return {};
  GANLET_TRY(const ModelPart part, description_.part(options_.part));
  return check_network(part);
}

std::string Model::suffix() const {
  return options_.part.starts_with(generator) ? options_.part.substr(generator.size()) : "";
}

bool Model::has_styles() const {
  return ganlet::has_styles(description_, suffix());
}

const ModelPart* Model::encoder_part() const {
  // Generators kept from the training have no encoder of their own.
  return options_.part.starts_with(generator) ? description_.find_part("encoder" + suffix()) : nullptr;
}

const TrainingStep* Model::kept_at(std::optional<std::int64_t> step) const {
  return nearest_step(description_.training, step);
}

bool Model::draws_by_styles(std::optional<std::int64_t> step) const {
  return options_.part.starts_with(generator) && has_styles() && kept_at(step) == nullptr;
}

std::vector<std::string> Model::parts_of(const DrawRequest& request) const {
  if (const TrainingStep* kept = kept_at(request.step))
    return {kept->part};
  if (!draws_by_styles(request.step))
    return {options_.part};
  std::vector<std::string> parts{"mapping" + suffix(), "synthesis" + suffix()};
  if (request.noise.kind == Noise::Kind::fixed && description_.find_part("noise") != nullptr)
    parts.emplace_back("noise");
  if (request.truncation != 1 && description_.find_part("mean_style") != nullptr)
    parts.emplace_back("mean_style");
  return parts;
}

bool Model::has(std::string_view part) const {
  const bool is_joined = styles_ && (part == "mapping" + suffix() || part == "synthesis" + suffix());
  return is_joined || generators_.contains(part) || (translator_ && part == options_.part) ||
         programs_.contains(part) || arrays_.contains(part) || (encoder_ && encoder_name_ == part);
}

Result<std::vector<ModelPart>> Model::needs(const DrawRequest& request) const {
  std::vector<ModelPart> missing;
  for (const std::string& name : parts_of(request)) {
    GANLET_TRY(ModelPart part, description_.part(name));
    const bool is_number_row = draws_by_styles(request.step) && (name == "noise" || name == "mean_style");
    if (!is_number_row)
      GANLET_CHECK(check_network(part));
    if (!has(name))
      missing.push_back(limited(std::move(part)));
  }
  return missing;
}

Result<std::vector<ModelPart>> Model::needs_to_encode() const {
  if (!has_encoder())
    return fail(ErrorCode::not_found, description_.id, "this model has no encoder");
  if (has(encoder_part()->name))
    return std::vector<ModelPart>();
  return std::vector{limited(*encoder_part())};
}

/// A file isn't read further than this, so that what a model.json promises isn't waited for.
ModelPart Model::limited(ModelPart part) const {
  const std::int64_t most = options_.compile.limits.file_bytes;
  part.bytes = std::min(part.bytes.value_or(most), most);
  return part;
}

Result<void> Model::give(std::string_view name, std::span<const std::byte> bytes) {
  GANLET_TRY(const ModelPart part, description_.part(name));
  Result<void> taken = check_part(part, bytes, options_.compile.limits);
  if (taken && is_array(part)) {
    taken = read_array(part, bytes);
  } else if (taken) {
    taken = read_network(part, bytes);
    if (!taken)
      taken = tl::unexpected(explained(std::move(taken).error(), bytes));
  }
  if (const std::string file = options_.folder + part.file; !taken && !file.empty())
    return tl::unexpected(std::move(taken).error().within(file));
  return taken;
}

Result<void> Model::read_array(const ModelPart& part, std::span<const std::byte> bytes) {
  GANLET_TRY(const Tensor array, read_npy(bytes, options_.compile.limits, ""));
  if (array.type() != DataType::float32)
    return fail(ErrorCode::corrupt, "", "must hold float32 numbers");
  const auto values = array.as<float>();
  std::vector<float> numbers(values.begin(), values.end());
  if (styles_ && part.name == "mean_style")
    GANLET_CHECK(styles_->set_mean_style(numbers));
  if (styles_ && part.name == "noise")
    GANLET_CHECK(styles_->set_noise(numbers));
  arrays_.insert_or_assign(part.name, std::move(numbers));
  return {};
}

Result<void> Model::read_network(const ModelPart& part, std::span<const std::byte> bytes) {
  const Backend& backend = *options_.backend;
  const CompileOptions& compile = options_.compile;
  const std::optional<ValueRange>& range = description_.value_range;
  Budget budget = compile.load_budget(); // for reading and lowering together
  GANLET_TRY(onnx::Model read, onnx::read(bytes, compile.limits, budget));
  if (part.name == options_.part && draws_alone(part.name) && Translator::takes_pictures(read)) {
    GANLET_TRY(translator_, Translator::open(bytes, std::move(read), {range, range}, backend, compile));
    const bool is_standard_input = options_.folder == "-"; // which can't be read again
    if (options_.source && translator_->is_open() && !is_standard_input)
      translator_->read_again_from(same_bytes(options_.source, part, sha256_text(bytes)));
    return {};
  }
  GANLET_TRY(Graph graph, draws_alone(part.name)
                              ? generator_of(std::move(read), bytes, compile, backend.prefers, budget)
                              : graph_of(std::move(read), compile, backend.prefers, budget));
  if (part.name.starts_with("encoder")) {
    GANLET_TRY(Encoder encoder, Encoder::make(std::move(graph), range.value_or(ValueRange{}), description_.preparation,
                                              backend, compile));
    encoder_.emplace(std::move(encoder));
    encoder_name_ = part.name;
    return {};
  }
  if (!draws_alone(part.name)) {
    GANLET_TRY(programs_[part.name], backend.compile(std::move(graph), compile));
    return join_styles();
  }
  GANLET_TRY(std::shared_ptr<GeneratorNetwork> network,
             GeneratorNetwork::make(std::move(graph), description_, backend, compile));
  name_classes(network->facts().label_count);
  generators_.insert_or_assign(part.name, std::move(network));
  return {};
}

/// Joins mapping and synthesis once both are there. Errors: those of StyleNetwork; both networks are dropped then.
Result<void> Model::join_styles() {
  const auto mapping = programs_.find("mapping" + suffix()), synthesis = programs_.find("synthesis" + suffix());
  if (!draws_by_styles({}) || mapping == programs_.end() || synthesis == programs_.end())
    return {};
  auto mapping_program = std::move(mapping->second), synthesis_program = std::move(synthesis->second);
  programs_.clear();
  GANLET_TRY(std::shared_ptr<StyleNetwork> joined,
             StyleNetwork::make(std::move(mapping_program), std::move(synthesis_program), description_,
                                options_.compile.limits));
  if (const auto mean = arrays_.find("mean_style"); mean != arrays_.end())
    GANLET_CHECK(joined->set_mean_style(mean->second));
  if (const auto noise = arrays_.find("noise"); noise != arrays_.end())
    GANLET_CHECK(joined->set_noise(noise->second));
  styles_ = std::move(joined);
  return {};
}

void Model::name_classes(std::int64_t count) {
  if (description_.labels.empty())
    for (std::int64_t label = 0; label < count; ++label)
      description_.labels.push_back(std::to_string(label));
}

/// Gets the parts from `ModelOptions::source`.
Result<void> Model::fetch(const std::vector<ModelPart>& parts) {
  for (const ModelPart& part : parts) {
    if (!options_.source)
      return fail(ErrorCode::not_found, part.name, "hasn't been given");
    GANLET_TRY(const std::vector<std::byte> bytes, options_.source(part));
    GANLET_CHECK(give(part.name, bytes));
  }
  return {};
}

/// What draws the request. Its range may still have to be measured if that isn't waited for (`poll_range`).
Result<std::shared_ptr<ImageNetwork>> Model::network_of(const DrawRequest& request, bool waits_for_range) {
  GANLET_TRY(const std::vector<ModelPart> missing, needs(request));
  GANLET_CHECK(fetch(missing));
  std::shared_ptr<ImageNetwork> network = styles_;
  if (!draws_by_styles(request.step)) {
    const std::string part = parts_of(request).front();
    if (!draws_alone(part))
      return fail(ErrorCode::invalid_argument, part, "is a network that draws nothing by itself");
    if (translator_ && part == options_.part)
      return fail(ErrorCode::invalid_argument, description_.id,
                  "makes pictures of pictures: use `ganlet apply` or apply()");
    network = generators_.find(part)->second;
  }
  if (has_rare_parts() && waits_for_range)
    GANLET_CHECK(find_range(network, true));
  return network;
}

/// Measures the range of values, if the network lacks one; whether it has one now. All networks of the model have the
/// range of the first.
Result<bool> Model::find_range(const std::shared_ptr<ImageNetwork>& network, bool may_block) {
  while (network->lacks_range() && !measured_) {
    if (!measure_) {
      GANLET_TRY(RangeMeasure begun, RangeMeasure::begin(network, description_, options_.compile.limits));
      measure_ = std::make_shared<RangeMeasure>(std::move(begun));
    }
    Result<bool> done = measure_->advance(may_block);
    if (done && *done)
      measured_ = measure_->measured();
    if (!done || *done)
      measure_.reset();
    if (!done || (!*done && !may_block))
      return done;
  }
  if (network->lacks_range())
    network->set_range(*measured_);
  return true;
}

Result<bool> Model::poll_range() {
  if (takes_pictures() || !draws_alone(options_.part))
    return true;
  GANLET_TRY(const std::shared_ptr<ImageNetwork> network, network_of({}, false));
  return find_range(network, false);
}

Result<Drawing> Model::draw(DrawRequest request, Keep keep) {
  GANLET_TRY(std::shared_ptr<ImageNetwork> network, network_of(request));
  const bool is_cut_off = has_styles() && network != styles_ && request.truncation != 1;
  if (is_cut_off)
    return fail(ErrorCode::invalid_argument, "truncation",
                "only the model as it is now has mapping and synthesis networks");
  return Drawing::begin(std::move(network), description_.labels, description_.distribution, std::move(request), keep,
                        options_.compile.limits);
}

Result<Image> Model::picture(DrawRequest request, Budget::Clock::time_point deadline) {
  GANLET_TRY(Drawing drawing, draw(std::move(request)));
  GANLET_CHECK(drawing.finish(deadline));
  return std::move(drawing).take_picture();
}

Result<ImageFacts> Model::facts() {
  GANLET_TRY(const std::shared_ptr<ImageNetwork> network, network_of({}));
  return network->facts();
}

std::vector<std::pair<std::string, std::string>> Model::origin_of(const DrawRequest& request) const {
  return {{"Software", "ganlet"},
          {"ganlet model", concat(description_.id, "@", description_.version)},
          {"ganlet request", json_of(request)}};
}

Result<Encoder*> Model::encoder() {
  GANLET_TRY(const std::vector<ModelPart> missing, needs_to_encode());
  GANLET_CHECK(check_network(*encoder_part()));
  GANLET_CHECK(fetch(missing));
  return &*encoder_;
}

Result<std::vector<float>> Model::encode(const Image& picture) {
  GANLET_TRY(Encoder* const encoder, this->encoder());
  if (has_rare_parts() && !description_.latent_ranges.empty())
    return fail(ErrorCode::unsupported, "latent.distribution", "of ranges can't be found from a picture");
  return encoder->encode(picture);
}

Result<Translation> Model::translate(Image picture) {
  if (!takes_pictures())
    return fail(ErrorCode::invalid_argument, description_.id, "takes no pictures: it draws them");
  return translator_->begin(std::move(picture));
}

Result<const Graph*> Model::graph() {
  GANLET_CHECK(load());
  if (translator_)
    return &translator_->graph();
  GANLET_TRY(Program* const program, this->program());
  return &program->graph();
}

/// Loads what draws a picture, or the part that doesn't.
Result<void> Model::load() {
  GANLET_TRY(const std::vector<ModelPart> missing, needs({}));
  return fetch(missing);
}

Result<ArrayRun> Model::run(std::vector<NamedArray> inputs) {
  GANLET_TRY(Program* const program, this->program());
  return ArrayRun::begin(*program, std::move(inputs));
}

Result<Program*> Model::program() {
  GANLET_CHECK(load());
  if (translator_)
    return translator_->program();
  if (draws_by_styles({}))
    return &styles_->program();
  if (draws_alone(options_.part))
    return &generators_.find(options_.part)->second->program();
  if (options_.part.starts_with("encoder"))
    return &encoder_->program();
  return programs_.find(options_.part)->second.get();
}

const TrainingStep* nearest_step(const std::vector<TrainingStep>& training, std::optional<std::int64_t> step) {
  if (!step || training.empty())
    return nullptr;
  const auto distance = [&](const TrainingStep& kept) { return std::abs(kept.step - *step); };
  const auto nearest = std::ranges::min_element(training, {}, distance);
  return &*nearest == &training.back() ? nullptr : &*nearest;
}

bool has_styles(const ModelDescription& description, const std::string& suffix) {
  return description.find_part("mapping" + suffix) != nullptr && description.find_part("synthesis" + suffix) != nullptr;
}

} // namespace ganlet
