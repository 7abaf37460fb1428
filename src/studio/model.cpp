#include "studio/model.h"

#include <algorithm>

#include "graph/graph.h"
#include "image/npy.h"
#include "reference/reference.h"
#include "xnn/xnn.h"

namespace ganlet::studio {

namespace {

bool has_class_for_each_digit(const std::vector<std::string>& labels) {
  for (char digit = '0'; digit <= '9'; ++digit)
    if (std::ranges::find(labels, std::string(1, digit)) == labels.end())
      return false;
  return true;
}

/// The part named directions: a .npy of (count, latent size). Without one there are none; they may be computed later.
Result<std::vector<float>> stored_directions(const ModelFolder& folder, std::int64_t latent_size) {
  const auto part = folder.part("directions");
  if (!part)
    return std::vector<float>();
  GANLET_TRY(const std::vector<std::byte> bytes, read_part(*part, Limits{}));
  GANLET_TRY(const Tensor tensor, read_npy(bytes, Limits{}, part->file.string()));
  if (tensor.type() != DataType::float32 || tensor.shape().elements() % latent_size != 0)
    return fail(ErrorCode::corrupt, part->file.string(),
                "must hold float32 numbers, a row of the latent's size for each direction");
  const auto values = tensor.as<float>();
  return std::vector<float>(values.begin(), values.end());
}

ModelFacts facts_of(const Generator& generator, const ModelFolder& folder, const std::string& name) {
  ModelFacts facts;
  facts.name = name;
  facts.title = folder.description.title.empty() ? folder.description.id : folder.description.title;
  facts.summary = folder.summary;
  facts.license = folder.license;
  facts.training_data = folder.training_data;
  facts.latent_size = generator.latent_size();
  facts.distribution = generator.description().distribution;
  facts.image = generator.roles().image_size;
  if (generator.label_count() > 0)
    facts.labels = generator.description().labels;
  facts.writes_digits = has_class_for_each_digit(facts.labels);
  for (const ModelPart& part : folder.parts)
    facts.parts.push_back(part.name);
  return facts;
}

} // namespace

const Backend& backend_of(const Engine& engine) {
  return engine.backend == "reference" ? reference::backend : xnn::backend;
}

Result<std::shared_ptr<LoadedModel>> load(const std::string& path, const std::string& name, const Engine& engine) {
  GANLET_TRY(const ModelFolder folder, find_model(path, {}));
  GANLET_TRY(const ModelPart part, folder.part(engine.part));
  CompileOptions options;
  options.threads = engine.threads;
  GANLET_TRY(std::vector<std::byte> bytes, read_part(part, options.limits));
  auto generator = Generator::load(bytes, folder.description, backend_of(engine), options);
  if (!generator)
    return tl::unexpected(std::move(generator).error().within(part.file.filename().string()));
  ModelFacts facts = facts_of(*generator, folder, name);
  facts.bytes = static_cast<std::int64_t>(bytes.size());
  const Graph& graph = generator->program().graph();
  facts.parameters = parameters_of(graph);
  facts.multiply_adds = multiply_adds_of(graph, 1);
  GANLET_TRY(facts.directions, stored_directions(folder, facts.latent_size));
  return std::make_shared<LoadedModel>(
      LoadedModel{std::move(*generator), std::move(bytes), std::move(facts), engine, 1});
}

} // namespace ganlet::studio
