#include "import/keras.h"

#include <algorithm>

#include "core/text.h"
#include "import/hdf5.h"
#include "import/keras_network.h"
#include "import/keras_weights.h"
#include "import/zip.h"

namespace ganlet::importing {

namespace {

using keras::Layer;
using keras::Network;

/// Collects the models inside `network`, at any depth.
void add_networks(const Network& network, std::vector<const Layer*>& found) {
  for (const Layer& layer : network.layers)
    if (layer.network) {
      found.push_back(&layer);
      add_networks(*layer.network, found);
    }
}

bool draws(const onnx::Model& model) {
  return std::ranges::any_of(model.outputs, [](const onnx::ValueInfo& output) {
    constexpr std::size_t picture = 4; // axes
    return output.shape && output.shape->size() == picture;
  });
}

/// Whether a model gives only a few numbers per image, as a discriminator does.
bool is_verdict(const onnx::Model& model) {
  constexpr std::int64_t most = 16;
  return std::ranges::all_of(model.outputs, [](const onnx::ValueInfo& output) {
    return output.shape && output.shape->size() == 2 && (*output.shape)[1].size.value_or(0) <= most;
  });
}

std::string names_of(const std::vector<const Layer*>& layers) {
  std::string names;
  for (const Layer* const layer : layers)
    names += concat(names.empty() ? "'" : ", '", printable(layer->name), "'");
  return names.empty() ? "none" : names;
}

} // namespace

Result<Json> parse_config(std::string& text, std::string_view place, Budget& budget) {
  constexpr std::size_t most = std::size_t{4} << 20;
  if (text.size() > most)
    return fail(ErrorCode::limit_exceeded, place, concat("has more than ", most, " bytes"));
  // A value in memory takes many times the bytes of its text.
  GANLET_CHECK(take_for_bytes(budget, 32 * static_cast<std::uint64_t>(text.size()), place));
  text = keras::without_python_numbers(text);
  return parse_json(text, place);
}

std::int64_t version_of(std::string_view keras_version) {
  return keras_version.empty() || keras_version[0] < '0' || keras_version[0] > '9' ? 2 : keras_version[0] - '0';
}

Result<onnx::Model> draw_with(const Network& whole, std::string_view network, std::int64_t version,
                              const Limits& limits, Budget& budget) {
  std::vector<const Layer*> inner;
  add_networks(whole, inner);
  if (!network.empty() && network != whole.name) {
    const auto found = std::ranges::find(inner, network, &Layer::name);
    if (found == inner.end())
      return fail(ErrorCode::not_found, "keras",
                  concat("there is no model '", printable(network), "' inside; there is ", names_of(inner)));
    return keras::convert_network(*(*found)->network, version, limits, budget);
  }
  GANLET_TRY(onnx::Model model, keras::convert_network(whole, version, limits, budget));
  if (!network.empty() || !is_verdict(model))
    return model;
  for (const Layer* const layer : inner)
    if (auto part = keras::convert_network(*layer->network, version, limits, budget); part && draws(*part)) {
      part->graph_name = layer->name;
      return part;
    }
  return model;
}

Result<onnx::Model> read_keras_h5(Bytes bytes, std::string_view network, const Limits& limits, Budget& budget) {
  GANLET_TRY(const Hdf5 file, Hdf5::open(bytes, limits, budget));
  GANLET_TRY(const auto config, file.strings(file.root(), "model_config"));
  if (!config || config->size() != 1) {
    GANLET_TRY(const auto layers, file.strings(file.root(), "layer_names"));
    GANLET_TRY(const auto objects, file.children(file.root()));
    const bool is_newer = objects.contains("layers") || objects.contains("_layer_checkpoint_dependencies");
    if (layers || is_newer)
      return fail(
          ErrorCode::invalid_argument, "keras",
          "this file has the weights of a model and not the model itself: build the model in Python, load these "
          "weights into it, and save the whole with model.save('generator.keras')");
    return fail(ErrorCode::unsupported, "hdf5", "this is no Keras model: it has no model_config");
  }
  GANLET_TRY(const auto keras_version, file.strings(file.root(), "keras_version"));
  std::string text = config->front();
  GANLET_TRY(const Json document, parse_config(text, "model_config", budget));
  GANLET_TRY(Network whole, keras::read_network(document, limits));
  if (network.empty())
    GANLET_CHECK(keras::check_layers(whole));
  GANLET_TRY(const auto weights, file.find(file.root(), "model_weights"));
  if (!weights)
    return fail(ErrorCode::corrupt, "keras", "the file has a model and no weights for it");
  GANLET_CHECK(keras::bind_h5(whole, file, *weights, budget));
  const bool is_dated = keras_version && !keras_version->empty();
  return draw_with(whole, network, version_of(is_dated ? keras_version->front() : "1"), limits, budget);
}

Result<onnx::Model> read_keras_zip(Bytes bytes, std::string_view network, const Limits& limits, Budget& budget) {
  GANLET_TRY(const Zip zip, Zip::open(bytes, limits, budget));
  if (!zip.has("config.json") || !zip.has("model.weights.h5"))
    return fail(ErrorCode::unsupported, "zip", "this is no Keras model: it lacks config.json or model.weights.h5");
  GANLET_TRY(const std::vector<std::byte> config, zip.read("config.json", budget));
  std::string text(text_of(config));
  GANLET_TRY(const Json document, parse_config(text, "config.json", budget));
  GANLET_TRY(Network whole, keras::read_network(document, limits));
  if (network.empty())
    GANLET_CHECK(keras::check_layers(whole));
  std::int64_t version = 3;
  if (zip.has("metadata.json")) {
    GANLET_TRY(const std::vector<std::byte> metadata, zip.read("metadata.json", budget));
    std::string words(text_of(metadata));
    GANLET_TRY(const Json facts, parse_config(words, "metadata.json", budget));
    if (const Json* const said = facts.find("keras_version"); said != nullptr)
      version = version_of(said->string);
  }
  GANLET_TRY(const std::vector<std::byte> weights, zip.read("model.weights.h5", budget));
  GANLET_TRY(const Hdf5 file, Hdf5::open(weights, limits, budget));
  GANLET_CHECK(keras::bind_keras(whole, file, budget));
  return draw_with(whole, network, version, limits, budget);
}

} // namespace ganlet::importing
