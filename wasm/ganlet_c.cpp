#include "ganlet_c.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "core/text.h"
#include "description.h"
#include "generator/encoder.h"
#include "generator/onnx_order.h"
#include "generator/read_graph.h"
#include "json_writer.h"
#include "picture.h"
#include "xnn/xnn.h"

struct ganlet_model {
  std::optional<ganlet::Generator> generator;
  std::unique_ptr<ganlet::Program> network; ///< instead of it
  std::optional<ganlet::Encoder> encoder;
  std::optional<ganlet::c::Picture> picture;
  std::vector<std::optional<ganlet::Tensor>> inputs;
  std::vector<ganlet::Tensor> outputs;

  ganlet::Program& program() { return generator ? generator->program() : *network; }
};

namespace {

using namespace ganlet;
using c::JsonWriter;

/// Images between two looks at whether the caller still wants them.
constexpr std::int64_t images_per_step = 16;

/// What the last answer points at.
std::string answer;

const char* answer_with(const JsonWriter& json) {
  answer = json.text();
  return answer.c_str();
}

/// Keeps the error for `ganlet_error`.
void remember(const Error& error) {
  JsonWriter json;
  json.open('{').key("code").value(name_of(error.code()));
  json.key("place").value(error.place()).key("message").value(error.message()).close('}');
  answer = json.text();
}

/// Remembers an error and gives what the function returns on failure.
template <typename T> T failed(const Error& error, T value) {
  remember(error);
  return value;
}

void write_values(const Graph& graph, const std::vector<ValueId>& ids, JsonWriter& json) {
  json.open('[');
  for (const ValueId id : ids) {
    const Value& value = graph.values[static_cast<std::size_t>(id)];
    json.open('{').key("name").value(value.name).key("type");
    json.value(name_of(value.type)).key("shape").open('[');
    SymbolicShape shape = value.shape;
    if (value.channels_last && shape.size() >= 3) { // (N,H,W,C) in memory, (N,C,H,W) to the world
      const Dim channels = shape.back();
      shape.pop_back();
      shape.insert(shape.begin() + 1, channels);
    }
    for (const Dim dim : shape)
      if (dim.per_batch)
        json.null();
      else
        json.value(dim.count);
    json.close(']').close('}');
  }
  json.close(']');
}

void write_generator(const Generator& generator, JsonWriter& json) {
  const ModelDescription& description = generator.description();
  json.key("labels").open('[');
  for (const std::string& label : description.labels)
    json.value(label);
  json.close(']').key("latentSize").value(generator.latent_size());
  json.key("distribution").value(description.distribution == Distribution::normal ? "normal" : "uniform");
  json.key("image").open('{').key("width").value(generator.image_width()).key("height").value(generator.image_height());
  json.key("channels").value(generator.image_channels()).close('}');
  json.key("range").open('[').value(generator.value_range().low).value(generator.value_range().high).close(']');
}

/// A copy of the caller's array, checked against the kind of input that the graph has.
Result<Tensor> copy_input(const Value& value, std::span<const std::int64_t> sizes, std::span<const std::byte> data) {
  GANLET_TRY(const Shape shape, Shape::make(sizes, Limits{}, value.name));
  const std::size_t wanted = static_cast<std::size_t>(shape.elements()) * bytes_of(value.type);
  if (data.size() != wanted)
    return fail(ErrorCode::invalid_argument, printable(value.name),
                concat("has ", data.size(), " bytes of data; shape ", shape.text(), " of ", name_of(value.type),
                       " takes ", wanted));
  Tensor tensor(value.type, shape);
  if (!data.empty())
    std::memcpy(tensor.view().data, data.data(), data.size());
  return tensor;
}

Result<void> run(ganlet_model& model) {
  Program& program = model.program();
  const Graph& graph = program.graph();
  std::vector<TensorView> views;
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    if (!model.inputs[i])
      return fail(ErrorCode::invalid_argument, printable(graph.values[graph.inputs[i]].name), "is missing");
    views.push_back(model.inputs[i]->view());
  }
  GANLET_TRY(const std::span<const TensorView> outputs, program.run(views));
  model.outputs.clear();
  for (std::size_t i = 0; i < outputs.size(); ++i)
    model.outputs.push_back(onnx_order(graph.values[graph.outputs[i]], outputs[i]));
  for (std::optional<Tensor>& input : model.inputs)
    input.reset();
  return {};
}

/// A description of a file that is the one described.
Result<c::Description> described_file(std::string_view pairs, std::span<const std::byte> file) {
  GANLET_TRY(c::Description described, c::read_description(pairs));
  GANLET_CHECK(c::check_file(described, file));
  return described;
}

ganlet_model* made(ganlet_model from) {
  auto* const model = new ganlet_model(std::move(from));
  model->inputs.resize(model->program().graph().inputs.size());
  return model;
}

Request request_of(const ganlet_request& from) {
  Request request;
  request.seed = from.seed;
  request.count = from.count == 0 ? 1 : from.count;
  if (from.text)
    request.text.emplace(from.text, from.text_bytes);
  if (from.has_label)
    request.label = from.label;
  request.vary = from.vary != 0;
  request.truncation = from.truncation;
  request.latents = {from.latents, from.latents ? from.latent_count : 0};
  request.text_limit = from.text_limit;
  return request;
}

} // namespace

void* ganlet_allocate(size_t bytes) {
  return std::malloc(bytes);
}
void ganlet_free(void* memory) {
  std::free(memory);
}

const char* ganlet_error(void) {
  return answer.c_str();
}

ganlet_model* ganlet_load(const void* onnx, size_t bytes, const char* description, size_t size) {
  const std::span<const std::byte> file(static_cast<const std::byte*>(onnx), bytes);
  auto described = described_file({description, size}, file);
  if (!described)
    return failed<ganlet_model*>(described.error(), nullptr);
  auto generator = Generator::load(file, std::move(described->model), xnn::backend, {});
  if (!generator)
    return failed<ganlet_model*>(generator.error(), nullptr);
  return made({.generator = std::move(*generator)});
}

ganlet_model* ganlet_load_network(const void* onnx, size_t bytes, const char* description, size_t size) {
  const std::span<const std::byte> file(static_cast<const std::byte*>(onnx), bytes);
  const auto described = described_file({description, size}, file);
  if (!described)
    return failed<ganlet_model*>(described.error(), nullptr);
  auto graph = read_graph(file, {});
  if (!graph)
    return failed<ganlet_model*>(graph.error(), nullptr);
  auto network = xnn::backend.compile(std::move(*graph), {});
  if (!network)
    return failed<ganlet_model*>(network.error(), nullptr);
  return made({.network = std::move(*network)});
}

void ganlet_dispose(ganlet_model* model) {
  delete model;
}

const char* ganlet_info(ganlet_model* model) {
  const Graph& graph = model->program().graph();
  JsonWriter json;
  json.open('{');
  if (model->generator)
    write_generator(*model->generator, json);
  json.key("inputs");
  write_values(graph, graph.inputs, json);
  json.key("outputs");
  write_values(graph, graph.outputs, json);
  json.key("parameters").value(parameters_of(graph)).key("multiplyAdds").value(multiply_adds_of(graph, 1)).close('}');
  return answer_with(json);
}

void ganlet_latent(ganlet_model* model, uint64_t seed, float* out) {
  const Generator& generator = *model->generator;
  fill_latent(seed, generator.description().distribution, {out, static_cast<std::size_t>(generator.latent_size())});
}

void ganlet_normal(uint64_t seed, float* out, size_t count) {
  fill_latent(seed, Distribution::normal, {out, count});
}

int32_t ganlet_load_encoder(ganlet_model* model, const void* onnx, size_t bytes, const char* description, size_t size) {
  const std::span<const std::byte> file(static_cast<const std::byte*>(onnx), bytes);
  const auto described = described_file({description, size}, file);
  if (!described)
    return failed(described.error(), -1);
  auto encoder = Encoder::load(file, model->generator->value_range(), described->model.preparation, xnn::backend, {});
  if (!encoder)
    return failed(encoder.error(), -1);
  model->encoder = std::move(*encoder);
  return 0;
}

int32_t ganlet_encoded_size(ganlet_model* model) {
  return model->encoder ? static_cast<int32_t>(model->encoder->latent_size()) : 0;
}

int32_t ganlet_encode(ganlet_model* model, const uint8_t* pixels, int32_t width, int32_t height, float* out) {
  if (!model->encoder || width < 0 || height < 0)
    return failed(Error(ErrorCode::invalid_argument, "", "there is no encoder or no picture"), -1);
  const Image picture{
      width,
      height,
      {pixels, pixels + std::size_t{4} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height)}};
  const auto latent = model->encoder->encode(picture);
  if (!latent)
    return failed(latent.error(), -1);
  std::copy(latent->begin(), latent->end(), out);
  return 0;
}

int32_t ganlet_begin(ganlet_model* model, const ganlet_request* request) {
  model->picture.reset();
  auto picture = c::Picture::begin(*model->generator, request_of(*request), request->columns);
  if (!picture)
    return failed(picture.error(), -1);
  model->picture = std::move(*picture);
  return static_cast<int32_t>(model->picture->left());
}

int32_t ganlet_draw(ganlet_model* model) {
  if (!model->picture)
    return failed(Error(ErrorCode::invalid_argument, "", "no picture has been begun"), -1);
  if (const auto drawn = model->picture->draw(*model->generator, images_per_step); !drawn)
    return failed(drawn.error(), -1);
  return static_cast<int32_t>(model->picture->left());
}

const uint8_t* ganlet_picture(ganlet_model* model) {
  return model->picture ? model->picture->pixels().pixels.data() : nullptr;
}
int32_t ganlet_picture_width(ganlet_model* model) {
  return model->picture ? model->picture->pixels().width : 0;
}
int32_t ganlet_picture_height(ganlet_model* model) {
  return model->picture ? model->picture->pixels().height : 0;
}
void ganlet_end(ganlet_model* model) {
  model->picture.reset();
}

int32_t ganlet_set_input(ganlet_model* model, int32_t index, const int64_t* sizes, int32_t rank, const void* data,
                         size_t bytes) {
  const Graph& graph = model->program().graph();
  if (index < 0 || static_cast<std::size_t>(index) >= graph.inputs.size() || rank < 0)
    return failed(Error(ErrorCode::invalid_argument, "", concat("the network has no input ", index)), -1);
  const auto at = static_cast<std::size_t>(index);
  auto tensor = copy_input(graph.values[graph.inputs[at]], {sizes, static_cast<std::size_t>(rank)},
                           {static_cast<const std::byte*>(data), bytes});
  if (!tensor)
    return failed(tensor.error(), -1);
  model->inputs[at] = std::move(*tensor);
  return 0;
}

const char* ganlet_run(ganlet_model* model) {
  if (const auto ran = run(*model); !ran)
    return failed<const char*>(ran.error(), nullptr);
  const Graph& graph = model->program().graph();
  JsonWriter json;
  json.open('[');
  for (std::size_t i = 0; i < model->outputs.size(); ++i) {
    const TensorView view = model->outputs[i].view();
    json.open('{').key("name").value(graph.values[graph.outputs[i]].name);
    json.key("type").value(name_of(view.type)).key("shape").open('[');
    for (const std::int64_t size : view.shape.sizes())
      json.value(size);
    json.close(']')
        .key("address")
        .value(reinterpret_cast<std::uintptr_t>(view.data))
        .key("bytes")
        .value(view.bytes())
        .close('}');
  }
  json.close(']');
  return answer_with(json);
}
