#include "ganlet_c.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>

#include "answer.h"
#include "backend.h"
#include "core/text.h"
#include "generator/model.h"
#include "generator/translation.h"
#include "graph/rare_parts.h"

struct ganlet_model {
  ganlet::Model model;
  std::vector<ganlet::NamedArray> inputs; // of the next run
  std::vector<ganlet::NamedArray> outputs;
  // What the last call has begun, if the backend answers later.
  std::optional<ganlet::ArrayRun> run;
  bool is_encoding = false;
};

struct ganlet_drawing {
  std::variant<ganlet::Drawing, ganlet::Translation> drawing;

  const ganlet::Image& picture() const {
    return std::visit([](const auto& of) -> const ganlet::Image& { return of.picture(); }, drawing);
  }
};

namespace {

using namespace ganlet;
using c::answer_with;
using c::bytes_at;
using c::failed;
using c::JsonWriter;

/// The images that are drawn between two checks of whether the caller still wants them.
constexpr std::int64_t images_per_step = 16;

ModelOptions options(std::string_view part) {
  ModelOptions options;
  options.backend = &c::backend();
  options.part = part;
  return options;
}

ganlet_model* made(Result<Model> model) {
  if (!model)
    return failed<ganlet_model*>(model.error());
  return new ganlet_model{std::move(*model), {}, {}, {}};
}

Result<DrawRequest> request_of(const char* json) {
  return json == nullptr ? DrawRequest() : request_of_json(json);
}

Result<std::vector<ModelPart>> needs_of(Model& model, std::string_view purpose, const char* request) {
  if (purpose == "encode")
    return model.needs_to_encode();
  GANLET_TRY(const DrawRequest wanted, request_of(request));
  return model.needs(wanted);
}

void write_values(const Graph& graph, const std::vector<ValueId>& ids, JsonWriter& json) {
  json.open('[');
  for (const ValueId id : ids) {
    const Value& value = graph.values[static_cast<std::size_t>(id)];
    json.open('{').key("name").value(value.name).key("type");
    json.value(name_of(value.type)).key("shape").open('[');
    for (const Dim dim : file_shape(value))
      if (dim.per_batch)
        json.null();
      else
        json.value(dim.count);
    json.close(']').close('}');
  }
  json.close(']');
}

void write_description(const Model& model, JsonWriter& json) {
  const ModelDescription& about = model.description();
  json.key("id").value(about.id).key("title").value(about.title).key("version").value(about.version);
  json.key("description").value(about.summary).key("license").value(about.license);
  json.key("trainingData").value(about.training_data).key("labels").open('[');
  for (const std::string& label : about.labels)
    json.value(label);
  json.close(']').key("training").json(about.training_json).key("metrics").json(about.metrics_json);
  json.key("distribution").value(about.distribution == Distribution::normal ? "normal" : "uniform");
  json.key("hasEncoder").value(model.has_encoder()).key("hasStyles").value(model.has_styles());
  json.key("takesPictures").value(model.takes_pictures()).key("part").value(model.options().part);
}

void write_facts(const ImageFacts& facts, JsonWriter& json) {
  json.key("latentSize").value(facts.latent_size).key("styleLayers").value(facts.style_layers);
  json.key("image").open('{').key("width").value(facts.image.width).key("height").value(facts.image.height);
  json.key("channels").value(facts.image.channels).close('}');
  json.key("range").open('[').value(facts.range.low).value(facts.range.high).close(']');
  if (has_rare_parts() && facts.measured_pictures > 0)
    json.key("measuredPictures").value(facts.measured_pictures);
}

/// A copy of the caller's pixels.
Result<Image> picture_of(const std::uint8_t* pixels, std::int32_t width, std::int32_t height) {
  if (width < 0 || height < 0)
    return fail(ErrorCode::invalid_argument, "image", "has a negative size");
  const std::size_t bytes = std::size_t{4} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  return Image{width, height, {pixels, pixels + bytes}};
}

/// A copy of the caller's array.
Result<Tensor> array_of(std::string_view type, std::span<const std::int64_t> sizes, std::span<const std::byte> data,
                        std::string_view name, const Limits& limits) {
  constexpr DataType types[] = {DataType::float32, DataType::int64, DataType::boolean};
  const auto* const found = std::ranges::find_if(types, [&](DataType one) { return name_of(one) == type; });
  if (found == std::end(types))
    return fail(ErrorCode::invalid_argument, printable(name), concat("can't be of type '", printable(type), "'"));
  GANLET_TRY(const Shape shape, Shape::make(sizes, limits, name));
  Tensor array(*found, shape);
  if (data.size() != array.view().bytes())
    return fail(ErrorCode::invalid_argument, printable(name),
                concat("has ", data.size(), " bytes of data; shape ", shape.text(), " of ", type, " takes ",
                       array.view().bytes()));
  if (!data.empty())
    std::memcpy(array.view().data, data.data(), data.size());
  return std::move(array);
}

/// Whether the outputs are there; no while the backend computes.
Result<bool> run(ganlet_model& model) {
  if (!model.run) {
    GANLET_TRY(model.run, model.model.run(std::exchange(model.inputs, {})));
  }
  auto outputs = model.run->advance(false);
  if (outputs && !*outputs)
    return false;
  model.run.reset();
  if (!outputs)
    return tl::unexpected(std::move(outputs).error());
  model.outputs = std::move(**outputs);
  return true;
}

/// Writes the latent of a picture, which is null in all calls but the first; false while the backend computes.
Result<bool> encode(ganlet_model& model, const std::optional<Image>& picture, float* out) {
  GANLET_TRY(Encoder* const encoder, model.model.encoder());
  if (picture) {
    model.is_encoding = false;
    GANLET_CHECK(encoder->start(*picture));
    model.is_encoding = true;
  }
  if (!model.is_encoding)
    return fail(ErrorCode::invalid_argument, "image", "is missing");
  auto latent = encoder->poll();
  model.is_encoding = latent && !*latent;
  if (!latent)
    return tl::unexpected(std::move(latent).error());
  if (*latent)
    std::ranges::copy(**latent, out);
  return latent->has_value();
}

} // namespace

ganlet_model* ganlet_open(const char* model_json, size_t bytes, const char* place, const char* part) {
  return made(Model::open(bytes_at(model_json, bytes), place, options(part)));
}

ganlet_model* ganlet_open_file(const void* file, size_t bytes, const char* name) {
  return made(Model::open_file(bytes_at(file, bytes), name, options("generator")));
}

void ganlet_close(ganlet_model* model) {
  delete model;
}

const char* ganlet_needs(ganlet_model* model, const char* purpose, const char* request) {
  const auto needs = needs_of(model->model, purpose, request);
  if (!needs)
    return failed<const char*>(needs.error());
  JsonWriter json;
  json.open('[');
  for (const ModelPart& part : *needs) {
    json.open('{').key("part").value(part.name).key("file").value(part.file).key("bytes");
    json.value(*part.bytes);
    json.key("sha256").value(part.sha256).close('}');
  }
  json.close(']');
  return answer_with(json);
}

int32_t ganlet_give(ganlet_model* model, const char* part, const void* file, size_t bytes) {
  const auto given = model->model.give(part, bytes_at(file, bytes));
  return given ? 0 : failed(given.error(), -1);
}

const char* ganlet_info(ganlet_model* model) {
  const auto described = model->model.graph();
  if (!described)
    return failed<const char*>(described.error());
  JsonWriter json;
  if (has_rare_parts()) {
    const auto is_known = model->model.poll_range();
    if (!is_known)
      return failed<const char*>(is_known.error());
    if (!*is_known)
      return answer_with(json.null());
  }
  json.open('{');
  write_description(model->model, json);
  if (const auto facts = model->model.facts())
    write_facts(*facts, json);
  const Graph& graph = **described;
  json.key("inputs");
  write_values(graph, graph.inputs, json);
  json.key("outputs");
  write_values(graph, graph.outputs, json);
  json.key("parameters").value(parameters_of(graph)).key("multiplyAdds").value(multiply_adds_of(graph, 1)).close('}');
  return answer_with(json);
}

int32_t ganlet_latent(ganlet_model* model, const char* request, float* out) {
  const auto wanted = request_of(request);
  if (!wanted)
    return failed(wanted.error(), -1);
  const auto facts = model->model.facts();
  if (!facts)
    return failed(facts.error(), -1);
  fill_latent(wanted->seed, model->model.description().distribution,
              {out, static_cast<std::size_t>(facts->latent_size)});
  return 0;
}

ganlet_drawing* ganlet_drawing_begin(ganlet_model* model, const char* request, const float* latents,
                                     size_t latent_count) {
  auto wanted = request_of(request);
  if (!wanted)
    return failed<ganlet_drawing*>(wanted.error());
  if (latent_count > 0)
    wanted->latents.assign(latents, latents + latent_count);
  auto drawing = model->model.draw(std::move(*wanted));
  if (!drawing)
    return failed<ganlet_drawing*>(drawing.error());
  return new ganlet_drawing{std::move(*drawing)};
}

ganlet_drawing* ganlet_apply_begin(ganlet_model* model, const uint8_t* pixels, int32_t width, int32_t height) {
  auto picture = picture_of(pixels, width, height);
  if (!picture)
    return failed<ganlet_drawing*>(picture.error());
  auto translation = model->model.translate(std::move(*picture));
  if (!translation)
    return failed<ganlet_drawing*>(translation.error());
  return new ganlet_drawing{std::move(*translation)};
}

int32_t ganlet_drawing_step(ganlet_drawing* drawing) {
  if (auto* const images = std::get_if<Drawing>(&drawing->drawing)) {
    if (const auto drawn = images->poll(images_per_step); !drawn)
      return failed(drawn.error(), -1);
  } else if (const auto made = std::get<Translation>(drawing->drawing).step(); !made) {
    return failed(made.error(), -1);
  }
  return static_cast<int32_t>(std::visit([](const auto& of) { return of.left(); }, drawing->drawing));
}

const uint8_t* ganlet_drawing_pixels(const ganlet_drawing* drawing) {
  return drawing->picture().pixels.data();
}
int32_t ganlet_drawing_width(const ganlet_drawing* drawing) {
  return drawing->picture().width;
}
int32_t ganlet_drawing_height(const ganlet_drawing* drawing) {
  return drawing->picture().height;
}
void ganlet_drawing_end(ganlet_drawing* drawing) {
  delete drawing;
}

int32_t ganlet_encoded_size(ganlet_model* model) {
  const auto encoder = model->model.encoder();
  return encoder ? static_cast<int32_t>((*encoder)->latent_size()) : 0;
}

int32_t ganlet_encode(ganlet_model* model, const uint8_t* pixels, int32_t width, int32_t height, float* out) {
  std::optional<Image> picture;
  if (pixels != nullptr) {
    auto given = picture_of(pixels, width, height);
    if (!given)
      return failed(given.error(), -1);
    picture = std::move(*given);
  }
  const auto done = encode(*model, picture, out);
  if (!done)
    return failed(done.error(), -1);
  return *done ? 0 : 1;
}

int32_t ganlet_set_input(ganlet_model* model, const char* name, const char* type, const int64_t* sizes,
                         const void* data, int32_t rank, size_t bytes) {
  model->run.reset(); // one that was given up
  auto array = array_of(type, {sizes, static_cast<std::size_t>(rank)}, bytes_at(data, bytes), name,
                        model->model.options().compile.limits);
  if (!array) {
    model->inputs.clear();
    return failed(array.error(), -1);
  }
  model->inputs.push_back({name, std::move(*array)});
  return 0;
}

const char* ganlet_run(ganlet_model* model) {
  const auto done = run(*model);
  if (!done)
    return failed<const char*>(done.error());
  JsonWriter json;
  if (!*done)
    return answer_with(json.null());
  json.open('[');
  for (NamedArray& output : model->outputs) {
    const TensorView view = output.array.view();
    json.open('{').key("name").value(output.name).key("type").value(name_of(view.type)).key("shape").open('[');
    for (const std::int64_t size : view.shape.sizes())
      json.value(size);
    json.close(']').key("address").value(reinterpret_cast<std::uintptr_t>(view.data)).key("bytes").value(view.bytes());
    json.close('}');
  }
  json.close(']');
  return answer_with(json);
}
