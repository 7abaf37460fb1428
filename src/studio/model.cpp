#include "studio/model.h"

#include <algorithm>

#include "backends/backends.h"
#include "core/text.h"
#include "graph/graph.h"
#include "image/npy.h"

namespace ganlet::studio {

namespace {

bool has_class_for_each_digit(const std::vector<std::string>& labels) {
  for (char digit = '0'; digit <= '9'; ++digit)
    if (std::ranges::find(labels, std::string(1, digit)) == labels.end())
      return false;
  return true;
}

/// The array named directions: a .npy of (count, latent size). Without one there are none; they may be computed later.
/// Those of a style-based model are directions of its styles.
Result<void> read_directions(const ModelFolder& folder, ModelFacts& facts) {
  const auto array = std::ranges::find(folder.arrays, "directions", &ModelPart::name);
  if (array == folder.arrays.end())
    return {};
  GANLET_TRY(const std::vector<std::byte> bytes, read_part(*array, Limits{}));
  GANLET_TRY(const Tensor tensor, read_npy(bytes, Limits{}, array->file.string()));
  if (tensor.type() != DataType::float32 || tensor.shape().rank() != 2 ||
      (!facts.style.exists && tensor.shape()[1] != facts.latent_size))
    return fail(ErrorCode::corrupt, array->file.string(),
                "must hold float32 numbers, a row of the latent's size for each direction");
  facts.directions.size = tensor.shape()[1];
  facts.directions.of_styles = facts.style.exists;
  const auto values = tensor.as<float>();
  facts.directions.values.assign(values.begin(), values.end());
  facts.directions.names = array->names;
  return {};
}

ModelFacts facts_of(const Generator& generator, const ModelFolder& folder, const std::string& name) {
  ModelFacts facts;
  facts.name = name;
  facts.about.title = folder.description.title.empty() ? folder.description.id : folder.description.title;
  facts.about.summary = folder.summary;
  facts.about.license = folder.license;
  facts.about.training_data = folder.training_data;
  facts.latent_size = generator.latent_size();
  facts.distribution = generator.description().distribution;
  facts.image = generator.roles().image_size;
  if (generator.label_count() > 0)
    facts.labels = generator.description().labels;
  facts.writes_digits = has_class_for_each_digit(facts.labels);
  for (const ModelPart& part : folder.parts)
    facts.parts.push_back(part.name);
  facts.folder = folder.path.string();
  facts.style.exists = folder.has_part("mapping") && folder.has_part("synthesis");
  facts.has_encoder = folder.has_part("encoder");
  facts.training = folder.training;
  return facts;
}

Result<LoadOptions> options_of(const Engine& engine) {
  LoadOptions options;
  options.models.clear(); // folders are named by their paths
  GANLET_TRY(options.backend, backend_named(engine.backend));
  options.compile.threads = engine.threads;
  return options;
}

} // namespace

Result<std::shared_ptr<LoadedModel>> load(const std::string& path, const std::string& name, const Engine& engine) {
  GANLET_TRY(const ModelFolder folder, find_model(path, {}));
  GANLET_TRY(const ModelPart part, folder.part(engine.part));
  CompileOptions options;
  options.threads = engine.threads;
  GANLET_TRY(std::vector<std::byte> bytes, read_part(part, options.limits));
  GANLET_TRY(const Backend* backend, backend_named(engine.backend));
  auto generator = Generator::load(bytes, folder.description, *backend, options);
  if (!generator)
    return tl::unexpected(std::move(generator).error().within(part.file.filename().string()));
  ModelFacts facts = facts_of(*generator, folder, name);
  facts.about.bytes = static_cast<std::int64_t>(bytes.size());
  const Graph& graph = generator->program().graph();
  facts.about.parameters = parameters_of(graph);
  facts.about.multiply_adds = multiply_adds_of(graph, 1);
  GANLET_CHECK(read_directions(folder, facts));
  return std::make_shared<LoadedModel>(
      LoadedModel{std::move(*generator), std::move(bytes), std::move(facts), engine, 1});
}

Result<void> load_style(LoadedModel& model) {
  GANLET_TRY(const LoadOptions options, options_of(model.engine));
  GANLET_TRY(StyleGenerator style, load_style_generator(model.facts.folder, options));
  if (style.latent_size() != model.facts.latent_size || !(style.image_size() == model.facts.image))
    return fail(ErrorCode::invalid_argument, model.facts.folder,
                "its mapping and synthesis networks aren't of its generator");
  if (model.facts.directions.of_styles && model.facts.directions.size != style.style_size())
    return fail(
        ErrorCode::invalid_argument, model.facts.folder,
        concat("its directions have ", model.facts.directions.size, " numbers, its styles ", style.style_size()));
  model.facts.style.layers = static_cast<int>(style.layers());
  model.facts.style.truncates = style.has_mean_style();
  model.style = std::move(style);
  return {};
}

Result<void> load_encoder(LoadedModel& model) {
  GANLET_TRY(const LoadOptions options, options_of(model.engine));
  GANLET_TRY(Encoder encoder, ganlet::load_encoder(model.facts.folder, options));
  if (encoder.latent_size() != model.facts.latent_size)
    return fail(ErrorCode::invalid_argument, model.facts.folder, "its encoder isn't of its generator");
  model.encoder = std::move(encoder);
  return {};
}

} // namespace ganlet::studio
