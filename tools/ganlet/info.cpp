#include <cstdio>
#include <map>
#include <memory>

#include <nlohmann/json.hpp>

#include "commands.h"
#include "core/text.h"
#include "generator/range_measure.h"
#include "generator/roles.h"
#include "generator/translator.h"
#include "image/whole_file.h"
#include "import/importer.h"
#include "import/torch_weights.h"
#include "options.h"

namespace ganlet::tool {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t nominal_side = 256; // of pictures whose size the file leaves open

struct InfoOptions {
  ModelChoice model;
  Engine engine;
  bool json = false;
  bool why = false;
};

/// A size that the file leaves open without a name is shown as "N".
Json json_of(const onnx::ValueInfo& value) {
  Json shape = Json::array();
  for (const onnx::Dimension& dimension : value.shape.value_or(std::vector<onnx::Dimension>{})) {
    if (dimension.size)
      shape.push_back(*dimension.size);
    else
      shape.push_back(dimension.name.empty() ? "N" : printable(dimension.name));
  }
  return {{"name", printable(value.name)}, {"type", std::string(name_of(value.type))}, {"shape", shape}};
}

Json json_of(const std::vector<onnx::ValueInfo>& values) {
  Json list = Json::array();
  for (const onnx::ValueInfo& value : values)
    list.push_back(json_of(value));
  return list;
}

/// The contents of the file itself, before lowering.
Json describe_file(const OpenedModel& opened) {
  Json info;
  info["part"] = opened.part.name;
  info["file"] = opened.file;
  info["bytes"] = opened.bytes;
  if (!opened.part.sha256.empty())
    info["sha256"] = opened.part.sha256;
  info["opset"] = opened.opset;
  info["producer"] = printable(opened.model.producer);
  info["inputs"] = json_of(opened.model.inputs);
  info["outputs"] = json_of(opened.model.outputs);
  std::map<std::string, int> counts;
  for (const onnx::Node& node : opened.model.nodes)
    ++counts[printable(node.op_type)];
  info["onnx_ops"] = counts;
  Json metadata = Json::object();
  for (const auto& [key, value] : opened.model.metadata)
    metadata[printable(key)] = printable(value, 1000);
  info["metadata"] = metadata;
  return info;
}

/// "27 nodes on gl, 1 on xnn"
std::string backends_of(const Program& program) {
  std::map<std::string_view, int> counts;
  for (std::size_t i = 0; i < program.graph().nodes.size(); ++i)
    ++counts[program.runs_on(i)];
  std::string text;
  for (const auto& [name, count] : counts)
    text += concat(text.empty() ? "" : ", ", count, text.empty() ? count == 1 ? " node" : " nodes" : "", " on ", name);
  return text;
}

/// Why a backend leaves nodes to others, by node; empty for those that it runs. To be asked before compiling, which
/// drops constants.
std::vector<std::string> refusals_of(const Graph& graph, const Backend& backend) {
  std::vector<std::string> refusals;
  for (const Node& node : graph.nodes) {
    const auto runs = backend.can_run(graph, node);
    refusals.push_back(runs ? "" : runs.error().message());
  }
  return refusals;
}

Json nodes_elsewhere(const Program& program, const std::vector<std::string>& refusals) {
  Json nodes = Json::array();
  for (std::size_t i = 0; i < refusals.size(); ++i)
    if (const Node& node = program.graph().nodes[i]; !refusals[i].empty())
      nodes.push_back({{"node", printable(node.place)},
                       {"op", std::string(op::names_of(node.operation).name)},
                       {"runs_on", std::string(program.runs_on(i))},
                       {"why", refusals[i]}});
  return nodes;
}

/// What running takes, after lowering and compiling, for a batch of one.
Result<void> describe_program(const Program& program, const std::vector<std::string>& refusals, Json& info) {
  const Graph& graph = program.graph();
  std::map<std::string, std::pair<int, int>> counts; // all nodes, and those that run on the reference's loops
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    auto& [all, plain] = counts[std::string(op::names_of(graph.nodes[i].operation).name)];
    ++all;
    plain += program.runs_on(i) == "reference" ? 1 : 0;
  }
  Json ops = Json::array();
  for (const auto& [name, count] : counts)
    ops.push_back({{"op", name}, {"count", count.first}, {"on_reference", count.second}});
  info["ops"] = ops;
  info["runs_on"] = backends_of(program);
  info["elsewhere"] = nodes_elsewhere(program, refusals);
  info["parameters"] = parameters_of(graph);
  info["multiply_adds"] = multiply_adds_of(graph, 1);
  const ProgramBytes bytes = program.bytes();
  info["working_bytes"] = bytes.plan;
  constexpr std::int64_t file = 0; // its bytes aren't kept
  info["held_bytes"] = {{"file", file}, {"constants", bytes.constants}, {"packed", bytes.packed}, {"plan", bytes.plan}};
  return {};
}

std::string distribution_text(const ModelDescription& description, const Roles& roles) {
  std::string text;
  for (const LatentRange& range : roles.latent_ranges)
    text += concat(text.empty() ? "" : "; then ", roles.latent_ranges.size() > 1 ? concat(range.size, " of ") : "",
                   text_of(range));
  if (!text.empty())
    return text;
  return description.distribution == Distribution::normal ? "normal" : "uniform";
}

void describe_generator(const Graph& graph, const ModelDescription& description, Json& info) {
  const auto roles = find_roles(graph, description);
  if (!roles) {
    info["why_no_generator"] = roles.error().text();
    return;
  }
  const ImageSize& size = roles->image_size;
  info["generator"] = {{"latent", printable(graph.values[graph.inputs[roles->latent]].name)},
                       {"latent_size", roles->latent_size},
                       {"distribution", distribution_text(description, *roles)},
                       {"classes", roles->label_count},
                       {"image",
                        {{"name", printable(graph.values[graph.outputs[roles->image]].name)},
                         {"width", size.width},
                         {"height", size.height},
                         {"channels", size.channels}}}};
  if (roles->label)
    info["generator"]["label"] = printable(graph.values[graph.inputs[*roles->label]].name);
  for (const FurtherInput& further : roles->further)
    info["generator"]["further"].push_back(
        {{"name", printable(graph.values[graph.inputs[further.input]].name)}, {"numbers", further.size}});
}

/// With as many digits as it has: a float's own ones would be those of the nearest double.
Json json_of(const ValueRange& range) {
  return Json::array({Json::parse(concat(range.low)), Json::parse(concat(range.high))});
}

/// The program of a generator, whose range is measured if it isn't known, or of another graph.
Result<std::shared_ptr<Program>> compiled(Graph graph, const InfoOptions& options, const ModelDescription& description,
                                          Json& info) {
  const Backend& backend = options.engine.backend();
  const CompileOptions compile = options.engine.compile_options();
  Json& generator = info["generator"];
  if (generator.is_null()) {
    GANLET_TRY(std::shared_ptr<Program> program, backend.compile(std::move(graph), compile));
    return program;
  }
  GANLET_TRY(const std::shared_ptr<GeneratorNetwork> network,
             GeneratorNetwork::make(std::move(graph), description, backend, compile));
  GANLET_CHECK(measure_range(network, description, compile.limits));
  generator["range"] = json_of(network->facts().range);
  generator["measured_pictures"] = network->facts().measured_pictures;
  return std::shared_ptr<Program>(network, &network->program());
}

/// The table by which roles are found, with the inputs and outputs for which each row holds.
Json describe_rules(const Graph& graph) {
  Json rows = Json::array();
  for (const RoleRule& rule : role_rules()) {
    Json fitting = Json::array();
    for (const ValueId id : rule.role == Role::image ? graph.outputs : graph.inputs)
      if (rule.holds(graph, graph.values[static_cast<std::size_t>(id)]))
        fitting.push_back(printable(graph.values[static_cast<std::size_t>(id)].name));
    rows.push_back({{"role", std::string(name_of(rule.role))}, {"when", std::string(rule.when)}, {"fitting", fitting}});
  }
  return rows;
}

Result<Json> describe_network(const InfoOptions& options, const ModelFolder& folder, const ModelPart& part,
                              OpenedModel opened) {
  Json info = describe_file(opened);
  info["takes_pictures"] = Translator::takes_pictures(opened.model);
  if (info["takes_pictures"])
    for (onnx::Dimension& dimension : std::span(*opened.model.inputs[0].shape).subspan(1))
      dimension.size = dimension.size.value_or(nominal_side);
  GANLET_TRY(Graph graph, lower_as_drawn(opened, options.engine));
  info["generator"] = nullptr;
  if (draws_alone(part.name))
    describe_generator(graph, folder.description, info);
  if (options.why)
    info["rules"] = describe_rules(graph);
  const std::vector<std::string> refusals = refusals_of(graph, options.engine.backend());
  GANLET_TRY(const std::shared_ptr<Program> program, compiled(std::move(graph), options, folder.description, info));
  GANLET_TRY(const std::vector<Tensor> inputs, sample_inputs(program->graph(), 1, 0));
  GANLET_CHECK(program->run(views_of(inputs))); // the memory in use is known after a run
  GANLET_CHECK(describe_program(*program, refusals, info));
  return info;
}

Result<Json> describe_part(const InfoOptions& options, const ModelFolder& folder, const ModelPart& part) {
  ModelChoice choice = options.model;
  choice.part = part.name;
  GANLET_TRY(OpenedModel opened, open_model(choice));
  const std::string file = opened.file;
  auto info = describe_network(options, folder, part, std::move(opened));
  if (!info && !info.error().place().starts_with(file))
    return tl::unexpected(std::move(info).error().within(file));
  return info;
}

/// What a style-based model draws by two parts together, if both are among those that are described; else null.
Result<Json> describe_styles(const InfoOptions& options, const Json& parts) {
  std::int64_t networks = 0, bytes = 0;
  for (const Json& part : parts)
    if (part["part"] == "mapping" || part["part"] == "synthesis") {
      ++networks;
      for (const Json& held : part["held_bytes"])
        bytes += held.get<std::int64_t>();
    }
  if (networks < 2)
    return Json();

  GANLET_TRY(Model model, load_model(options.model.name, load_options(options.model, options.engine)));
  GANLET_TRY(const ImageFacts facts, model.facts());
  return Json{
      {"latent_size", facts.latent_size},
      {"layers", facts.style_layers},
      {"image", {{"width", facts.image.width}, {"height", facts.image.height}, {"channels", facts.image.channels}}},
      {"range", json_of(facts.range)},
      {"measured_pictures", facts.measured_pictures},
      {"held_bytes", bytes}};
}

Json describe_folder(const ModelFolder& folder) {
  Json info;
  info["id"] = folder.description.id;
  info["title"] = folder.description.title;
  info["version"] = folder.description.version;
  info["description"] = folder.description.summary;
  info["license"] = folder.description.license;
  info["training_data"] = folder.description.training_data;
  info["labels"] = folder.description.labels;
  Json metrics = Json::object();
  for (const auto& [name, value] : folder.description.metrics)
    metrics[name] = value;
  info["metrics"] = metrics;
  return info;
}

void print_field(std::string_view name, const std::string& text) {
  if (!text.empty())
    std::printf("  %s  %s\n", left(name, 14).c_str(), printable(text, 400).c_str());
}

std::string shape_text(const Json& shape) {
  std::string text;
  for (const Json& size : shape)
    text += concat(text.empty() ? "" : ", ", size.is_string() ? size.get<std::string>() : size.dump());
  return concat("(", text, ")");
}

void print_values(std::string_view name, const Json& values) {
  for (const Json& value : values)
    print_field(name, concat(value["name"].get<std::string>(), " ", value["type"].get<std::string>(), " ",
                             shape_text(value["shape"])));
}

std::string image_text(const Json& of) {
  const Json &image = of["image"], &range = of["range"];
  return concat(
      image["width"].dump(), " x ", image["height"].dump(), " x ", image["channels"].dump(), ", values ",
      range_text({range[0].get<float>(), range[1].get<float>()}, of["measured_pictures"].get<std::int64_t>()));
}

void print_styles(const Json& styles) {
  if (styles.is_null())
    return;
  print_field("latent", concat(styles["latent_size"].dump(), " numbers, from which mapping makes the styles of ",
                               styles["layers"].dump(), " layers"));
  print_field("image", concat(image_text(styles), ", by synthesis"));
  print_field("memory", concat(with_commas(styles["held_bytes"].get<std::int64_t>()), " bytes, of both"));
}

void print_generator(const Json& part) {
  if (part["takes_pictures"]) {
    print_field("pictures", "makes pictures of pictures: see `ganlet apply`");
    return;
  }
  const Json& generator = part["generator"];
  if (generator.is_null()) {
    print_field("no generator", part.value("why_no_generator", ""));
    return;
  }
  print_field("latent", concat(generator["latent"].get<std::string>(), ", ", generator["latent_size"].dump(),
                               " numbers, ", generator["distribution"].get<std::string>()));
  if (generator.contains("label"))
    print_field("label", concat(generator["label"].get<std::string>(), ", ", generator["classes"].dump(), " classes"));
  else if (generator["classes"] != 0)
    print_field("label", concat("in the latent, ", generator["classes"].dump(), " classes"));
  if (generator.contains("further"))
    for (const Json& further : generator["further"])
      print_field("also", concat(further["name"].get<std::string>(), ", ", further["numbers"].dump(),
                                 " of the latent's numbers, its last ones"));
  print_field("image", image_text(generator));
}

/// Inputs and outputs that model.json names come before the table.
void print_rules(const Json& part) {
  print_field("roles", "the first row that fits gives the role, unless model.json does");
  for (std::size_t i = 0; i < part["rules"].size(); ++i) {
    const Json& rule = part["rules"][i];
    std::string fitting;
    for (const Json& name : rule["fitting"])
      fitting += concat(fitting.empty() ? ": " : ", ", name.get<std::string>());
    print_field(concat("row ", i + 1), concat(rule["role"].get<std::string>(), " is ", rule["when"].get<std::string>(),
                                              fitting.empty() ? ": none" : fitting));
  }
}

/// Which backend runs how many nodes, and those that it leaves to others.
void print_backend(const Json& part) {
  print_field("backend", part["runs_on"].get<std::string>());
  for (const Json& node : part["elsewhere"])
    print_field(concat("on ", node["runs_on"].get<std::string>()),
                concat(node["op"].get<std::string>(), ": ", node["why"].get<std::string>(), " (",
                       node["node"].get<std::string>(), ")"));
}

void print_part(const Json& part) {
  std::printf("\n%s: %s\n", printable(part["part"].get<std::string>()).c_str(),
              printable(part["file"].get<std::string>()).c_str());
  print_field("bytes", with_commas(part["bytes"].get<std::int64_t>()));
  print_field("made by", concat(part["producer"].get<std::string>(), part["producer"].empty() ? "" : ", ", "opset ",
                                part["opset"].dump()));
  print_values("input", part["inputs"]);
  print_values("output", part["outputs"]);
  print_generator(part);
  if (part.contains("rules"))
    print_rules(part);
  print_field("parameters", with_commas(part["parameters"].get<std::int64_t>()));
  print_field("multiply-adds", with_commas(part["multiply_adds"].get<std::int64_t>()));
  const auto held = [&](const char* what) { return with_commas(part["held_bytes"][what].get<std::int64_t>()); };
  print_field("memory", concat(held("packed"), " bytes of packed weights, ", held("constants"), " of constants, ",
                               held("plan"), " to draw one image"));
  for (const Json& op : part["ops"]) {
    const int plain = op["on_reference"].get<int>();
    print_field("op", concat(right(op["count"].dump(), 3), " ", op["op"].get<std::string>(),
                             plain > 0 ? concat(" (", plain, " on the reference's loops)") : ""));
  }
  print_backend(part);
  for (const auto& [key, value] : part["metadata"].items())
    print_field("metadata", concat(key, " = ", value.get<std::string>()));
}

void print_info(const Json& info) {
  std::printf("%s\n", printable(info["id"].get<std::string>()).c_str());
  print_field("version", info["version"].dump());
  for (const char* name : {"title", "description", "license", "training_data"})
    print_field(std::string_view(name) == "training_data" ? "training data" : name, info[name].get<std::string>());
  std::string labels;
  for (const Json& label : info["labels"])
    labels += concat(labels.empty() ? "" : ", ", label.get<std::string>());
  print_field("labels", labels);
  for (const auto& [name, value] : info["metrics"].items())
    print_field("metric", concat(name, " = ", value.get<std::string>()));
  print_styles(info["styles"]);
  for (const Json& part : info["parts"])
    print_part(part);
}

/// Lists the tensors of a file that has no network; false for any other file.
Result<bool> list_tensors(const InfoOptions& options, const ModelFolder& folder) {
  const Limits limits;
  if (options.model.chain || std::filesystem::is_directory(folder.path))
    return false;
  GANLET_TRY(const std::vector<std::byte> bytes, read_whole(folder.path, limits.file_bytes));
  if (importing::format_of(bytes) != importing::Format::torch_weights)
    return false;
  Budget budget(limits.load_units);
  GANLET_TRY(const auto tensors, importing::list_tensors(bytes, limits, budget));
  Json list = Json::array();
  for (const importing::TensorListing& tensor : tensors)
    list.push_back({{"name", printable(tensor.name)}, {"type", printable(tensor.type)}, {"shape", tensor.shape}});
  if (options.json) {
    std::printf("%s\n", Json{{"id", folder.description.id}, {"tensors", list}}
                            .dump(2, ' ', false, Json::error_handler_t::replace)
                            .c_str());
    return true;
  }
  std::printf("%s: tensors, and not the network that they belong to\n", printable(folder.description.id).c_str());
  print_values("tensor", list);
  if (const auto read = importing::read(bytes, {}, limits, budget); !read)
    print_field("to draw", read.error().message());
  return true;
}

Result<void> inform(const InfoOptions& options, bool one_part) {
  GANLET_TRY(ModelFolder folder, find_model(options.model.name, options.model.directories()));
  if (!options.model.image.empty())
    folder.description.image_output = options.model.image;
  if (options.model.range)
    folder.description.value_range = options.model.range;
  GANLET_TRY(const bool is_listed, list_tensors(options, folder));
  if (is_listed)
    return {};
  if (one_part)
    GANLET_CHECK(folder.description.part(options.model.part));
  Json info = describe_folder(folder);
  info["parts"] = Json::array();
  for (const ModelPart& part : folder.description.parts) {
    const bool is_graph = !part.file.ends_with(".npy"); // a style-based model's mean style is an array
    if (one_part ? part.name != options.model.part : !is_graph)
      continue;
    GANLET_TRY(Json described, describe_part(options, folder, part));
    info["parts"].push_back(std::move(described));
  }
  GANLET_TRY(info["styles"], describe_styles(options, info["parts"]));
  if (options.json)
    std::printf("%s\n", info.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
  else
    print_info(info);
  return {};
}

} // namespace

void add_info(CLI::App& app, Result<void>& outcome) {
  auto options = std::make_shared<InfoOptions>();
  CLI::App& command = *app.add_subcommand("info", "Say what a model is and what running it takes");
  add_model(command, options->model);
  add_image(command, options->model);
  command.add_flag("--json", options->json, "As JSON");
  command.add_flag("--why", options->why, "Also the table by which latent, label and image are found");
  add_engine(command, options->engine);
  CLI::Option* part = command.get_option("--part");
  command.callback([options, part, &outcome] { outcome = inform(*options, part->count() > 0); });
}

} // namespace ganlet::tool
