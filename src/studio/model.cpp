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
  const ModelPart* const array = folder.description.find_part("directions");
  if (array == nullptr)
    return {};
  const std::string file = folder.file_of(*array).string();
  GANLET_TRY(const std::vector<std::byte> bytes, read_part(folder, *array, Limits{}));
  if (Result<void> right = check_part(*array, bytes, Limits{}); !right)
    return tl::unexpected(std::move(right).error().within(file));
  GANLET_TRY(const Tensor tensor, read_npy(bytes, Limits{}, file));
  if (tensor.type() != DataType::float32 || tensor.shape().rank() != 2 ||
      (!facts.style.exists && tensor.shape()[1] != facts.latent_size))
    return fail(ErrorCode::corrupt, file, "must hold float32 numbers, a row of the latent's size for each direction");
  facts.directions.size = tensor.shape()[1];
  facts.directions.of_styles = facts.style.exists;
  const auto values = tensor.as<float>();
  facts.directions.values.assign(values.begin(), values.end());
  facts.directions.names = array->names;
  return {};
}

Result<ModelFacts> facts_of(Model& model, const ModelFolder& folder, const std::string& name) {
  GANLET_TRY(const ImageFacts image, model.facts());
  GANLET_TRY(Program* const program, model.program());
  const ModelDescription& description = model.description();
  ModelFacts facts;
  facts.name = name;
  facts.about.title = description.title.empty() ? description.id : description.title;
  facts.about.summary = description.summary;
  facts.about.license = description.license;
  facts.about.training_data = description.training_data;
  facts.about.parameters = parameters_of(program->graph());
  facts.about.multiply_adds = multiply_adds_of(program->graph(), 1);
  facts.latent_size = image.latent_size;
  facts.distribution = description.distribution;
  facts.image = image.image;
  if (image.label_count > 0)
    facts.labels = description.labels;
  facts.writes_digits = has_class_for_each_digit(facts.labels);
  for (const ModelPart& part : folder.description.parts)
    if (!part.file.ends_with(".npy") || part.name == "mean_style")
      facts.parts.push_back(part.name);
  facts.folder = folder.path.string();
  facts.style.exists =
      folder.description.find_part("mapping") != nullptr && folder.description.find_part("synthesis") != nullptr;
  facts.has_encoder = folder.description.find_part("encoder") != nullptr;
  facts.training = description.training;
  return facts;
}

/// The model without its two networks, so that its generator draws as a whole.
ModelFolder without_styles(ModelFolder folder) {
  std::erase_if(folder.description.parts, [](const ModelPart& part) {
    return part.name.starts_with("mapping") || part.name.starts_with("synthesis");
  });
  return folder;
}

Result<LoadOptions> options_of(const Engine& engine) {
  LoadOptions options;
  options.part = engine.part;
  GANLET_TRY(options.backend, backend_named(engine.backend));
  options.compile.threads = engine.threads;
  return options;
}

} // namespace

Result<std::shared_ptr<LoadedModel>> load(const std::string& path, const std::string& name, const Engine& engine) {
  GANLET_TRY(const ModelFolder folder, find_model(path, {}));
  GANLET_TRY(const ModelPart part, folder.description.part(engine.part));
  GANLET_TRY(const LoadOptions options, options_of(engine));
  GANLET_TRY(Model model, load_model(without_styles(folder), options));
  GANLET_TRY(std::vector<std::byte> bytes, read_part(folder, part, options.compile.limits));
  GANLET_TRY(ModelFacts facts, facts_of(model, folder, name));
  facts.about.bytes = static_cast<std::int64_t>(bytes.size());
  GANLET_CHECK(read_directions(folder, facts));
  GANLET_TRY(Program* const program, model.program());
  GANLET_TRY(Roles roles, find_roles(program->graph(), model.description()));
  return std::make_shared<LoadedModel>(
      LoadedModel{std::move(model), std::move(roles), std::move(bytes), std::move(facts), engine, 1});
}

Result<void> load_style(LoadedModel& model) {
  GANLET_TRY(LoadOptions options, options_of(model.engine));
  options.part = "generator";
  GANLET_TRY(const ModelFolder folder, find_model(model.facts.folder, {}));
  GANLET_TRY(Model style, load_model(folder, options));
  GANLET_TRY(const ImageFacts image, style.facts());
  if (image.latent_size != model.facts.latent_size || image.image != model.facts.image || image.style_layers == 0)
    return fail(ErrorCode::invalid_argument, model.facts.folder,
                "its mapping and synthesis networks aren't of its generator");
  if (model.facts.directions.of_styles && model.facts.directions.size != image.style_size)
    return fail(ErrorCode::invalid_argument, model.facts.folder,
                concat("its directions have ", model.facts.directions.size, " numbers, its styles ", image.style_size));
  model.facts.style.layers = static_cast<int>(image.style_layers);
  model.facts.style.truncates = style.description().find_part("mean_style") != nullptr;
  model.style = std::move(style);
  return {};
}

} // namespace ganlet::studio
