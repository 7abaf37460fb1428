#include "studio/model.h"

#include <algorithm>
#include <optional>

#include "backends/automatic.h"
#include "backends/backends.h"
#include "core/sha256.h"
#include "core/text.h"
#include "generator/read_graph.h"
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

/// The parts that can draw or be compared: networks, and a style-based model's generators, which aren't files of their
/// own.
std::vector<std::string> parts_of(const ModelDescription& description) {
  std::vector<std::string> parts;
  for (const char* const suffix : {"", "_f32"})
    if (const std::string name = concat("generator", suffix);
        description.find_part(name) == nullptr && has_styles(description, suffix))
      parts.push_back(name);
  for (const ModelPart& part : description.parts)
    if (!part.file.ends_with(".npy"))
      parts.push_back(part.name);
  return parts;
}

/// Reads the array named directions, a .npy of (count, latent size). Without it there are none; they may be computed
/// later. A style-based model has directions of its styles, (count, style size), which don't apply to generators kept
/// during its training.
Result<void> read_directions(const ModelFolder& folder, const Limits& limits, const ImageFacts& image,
                             ModelFacts& facts) {
  const ModelPart* const array = folder.description.find_part("directions");
  const bool of_styles = has_styles(folder.description, "");
  if (array == nullptr || (of_styles && image.style_layers == 0))
    return {};
  const std::string file = folder.file_of(*array).string();
  GANLET_TRY(const std::vector<std::byte> bytes, read_part(folder, *array, limits));
  if (Result<void> right = check_part(*array, bytes, limits); !right)
    return tl::unexpected(std::move(right).error().within(file));
  GANLET_TRY(const Tensor tensor, read_npy(bytes, limits, file));
  const std::int64_t size = of_styles ? image.style_size : image.latent_size;
  if (tensor.type() != DataType::float32 || tensor.shape().rank() != 2 || tensor.shape()[1] != size)
    return fail(ErrorCode::corrupt, file,
                concat("must hold float32 numbers, a row of ", size, " for each direction, as many as a ",
                       of_styles ? "style" : "latent", " has"));
  facts.directions.size = size;
  facts.directions.of_styles = of_styles;
  const auto values = tensor.as<float>();
  facts.directions.values.assign(values.begin(), values.end());
  facts.directions.names = array->names;
  return {};
}

ModelFacts facts_of(const Model& model, const ImageFacts& image, const ModelFolder& folder, const std::string& name) {
  const ModelDescription& description = model.description();
  ModelFacts facts;
  facts.name = name;
  facts.about.title = description.title.empty() ? description.id : description.title;
  facts.about.summary = description.summary;
  facts.about.license = description.license;
  facts.about.training_data = description.training_data;
  facts.about.version = description.version;
  facts.latent_size = image.latent_size;
  facts.distribution = description.distribution;
  facts.image = image.image;
  if (image.label_count > 0)
    facts.labels = description.labels;
  facts.writes_digits = has_class_for_each_digit(facts.labels);
  facts.parts = parts_of(description);
  facts.folder = folder.path.string();
  facts.style.layers = static_cast<int>(image.style_layers);
  facts.style.truncates = image.style_layers > 0 && description.find_part("mean_style") != nullptr;
  facts.has_encoder = description.find_part("encoder") != nullptr;
  facts.training = description.training;
  return facts;
}

Result<LoadOptions> options_of(const Engine& engine, const std::atomic<bool>* stop) {
  LoadOptions options;
  options.part = engine.part;
  GANLET_TRY(options.backend, backend_named(backend_on_processor(engine)));
  options.compile.threads = engine.threads;
  options.compile.stop = stop;
  return options;
}

} // namespace

Result<std::vector<std::byte>> NetworkFile::read(const Limits& limits) const {
  GANLET_TRY(std::vector<std::byte> bytes, read_network(folder, part, limits));
  if (sha256_text(bytes) != digest)
    return fail(ErrorCode::corrupt, folder.path.string(), "has changed since it was loaded");
  return bytes;
}

std::string_view backend_on_processor(const Engine& engine) {
  return may_draw_in_window(engine.name) ? default_backend : engine.name;
}

Result<std::shared_ptr<GpuModel>> load_on_gpu(const LoadedModel& model) {
  GANLET_TRY(ModelFolder folder, find_model(model.facts.folder, {}));
  folder.description.value_range = model.roles.value_range; // as measured, if it was
  LoadOptions options;
  options.part = model.engine.part;
  options.compile.stop = model.model.options().compile.stop;
  options.compile.device = CompileOptions::of_window;
  GANLET_TRY(options.backend, backend_named(gpu_backend));
  if (options.backend->make_picture == nullptr)
    return fail(ErrorCode::unsupported, "backend", "shows no pictures in a window");
  GANLET_TRY(Model loaded, load_model(folder, options));
  return std::make_shared<GpuModel>(GpuModel{std::move(loaded), options.backend});
}

bool suits_gpu(LoadedModel& model, std::int64_t pictures) {
  if (model.engine.name != automatic_backend)
    return true;
  if (const auto known = model.gpu_is_faster.find(pictures); known != model.gpu_is_faster.end())
    return known->second;
  Contested network{model.file.digest, pictures, model.model.options().compile, {}};
  network.options.device = CompileOptions::of_window;
  network.program = [&](const Backend& backend) -> Result<Program*> {
    if (backend.name == default_backend)
      return model.model.program();
    if (!model.gpu) {
      GANLET_TRY(model.gpu, load_on_gpu(model));
    }
    return model.gpu->model.program();
  };
  const Result<Pace> pace = pace_of(network);
  if (!pace)
    model.gpu_problem = pace.error().message();
  const bool is_faster = pace && pace->gpu_is_faster();
  model.gpu_is_faster[pictures] = is_faster;
  return is_faster;
}

Result<std::shared_ptr<LoadedModel>> load(const std::string& path, const std::string& name, const Engine& engine,
                                          const std::atomic<bool>* stop) {
  GANLET_TRY(const ModelFolder folder, find_model(path, {}));
  GANLET_TRY(const LoadOptions options, options_of(engine, stop));
  GANLET_TRY(Model model, load_model(folder, options));
  GANLET_TRY(const ImageFacts image, model.facts());
  GANLET_TRY(std::vector<std::byte> file, read_network(folder, engine.part, options.compile.limits));
  ModelFacts facts = facts_of(model, image, folder, name);
  GANLET_CHECK(read_directions(folder, options.compile.limits, image, facts));
  // Each of a style-based model's programs is only one half of the network.
  std::optional<Graph> joined;
  if (image.style_layers > 0) {
    GANLET_TRY(joined, read_generator(file, options.compile, options.backend->prefers));
  }
  GANLET_TRY(Program* const program, model.program());
  const Graph& graph = joined ? *joined : program->graph();
  facts.about.bytes = static_cast<std::int64_t>(file.size());
  facts.about.parameters = parameters_of(graph);
  facts.about.multiply_adds = multiply_adds_of(graph, 1);
  ModelDescription description = model.description();
  description.value_range = image.range;
  GANLET_TRY(Roles roles, find_roles(graph, description));
  NetworkFile source{folder, engine.part, sha256_text(file)};
  return std::make_shared<LoadedModel>(
      LoadedModel{std::move(model), std::move(source), std::move(roles), std::move(facts), engine, 1, {}, {}});
}

} // namespace ganlet::studio
