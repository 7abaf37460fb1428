#include "import/tfjs.h"

#include <algorithm>

#include "core/text.h"
#include "import/keras.h"
#include "import/keras_network.h"
#include "import/tf_graph.h"
#include "import/tfjs_weights.h"
#include "import/zip.h"

namespace ganlet::importing {

namespace {

/// What a model.json has in it; refers to its text.
struct Document {
  Json whole;
  const Json* topology = nullptr;
  const Json* manifest = nullptr;
};

Result<Document> read_document(std::string& text, Budget& budget) {
  Document document;
  GANLET_TRY(document.whole, parse_config(text, "model.json", budget));
  document.topology = document.whole.find("modelTopology");
  document.manifest = document.whole.find("weightsManifest");
  if (document.topology == nullptr || document.manifest == nullptr)
    return fail(ErrorCode::corrupt, "model.json", "has no modelTopology or no weightsManifest");
  return document;
}

/// A graph model: what TensorFlow computes, without Keras's layers.
Result<onnx::Model> read_tfjs_graph(const Document& document, const Beside& beside, const Limits& limits,
                                    Budget& budget) {
  const Json* signature = document.whole.find("signature");
  if (const Json* const user = document.whole.find("userDefinedMetadata"); signature == nullptr && user != nullptr)
    signature = user->find("signature");
  GANLET_TRY(auto weights, read_tfjs_weights(*document.manifest, {beside, true}, limits, budget));
  return tf::convert_graph({*document.topology, signature, std::move(weights)}, limits, budget);
}

} // namespace

bool is_tfjs(Bytes file) {
  const std::string_view text = text_of(file);
  const std::size_t first = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first != std::string_view::npos && text[first] == '{' &&
         text.find("\"modelTopology\"") != std::string_view::npos &&
         text.find("\"weightsManifest\"") != std::string_view::npos;
}

Result<std::vector<std::string>> tfjs_shards(Bytes file, Budget& budget) {
  std::string text(text_of(file));
  GANLET_TRY(const Document document, read_document(text, budget));
  return shards_of(*document.manifest);
}

Result<onnx::Model> read_tfjs(Bytes file, std::string_view network, const Beside& beside, const Limits& limits,
                              Budget& budget) {
  std::string text(text_of(file));
  GANLET_TRY(const Document document, read_document(text, budget));
  const Json* const topology = document.topology;
  if (topology->find("node") != nullptr)
    return read_tfjs_graph(document, beside, limits, budget);
  const Json* const config = topology->find("model_config");
  GANLET_TRY(keras::Network whole, keras::read_network(config == nullptr ? *topology : *config, limits));
  if (network.empty())
    GANLET_CHECK(keras::check_layers(whole));
  GANLET_TRY(std::vector<keras::Variable> variables, read_tfjs_weights(*document.manifest, {beside}, limits, budget));
  GANLET_CHECK(keras::bind_names(whole, std::move(variables)));
  const Json* const version = topology->find("keras_version");
  return draw_with(whole, network, version_of(version == nullptr ? "" : version->string), limits, budget);
}

Result<onnx::Model> read_tfjs_zip(Bytes archive, std::string_view network, const Limits& limits, Budget& budget) {
  GANLET_TRY(const Zip zip, Zip::open(archive, limits, budget));
  for (const std::string_view name : zip.names()) {
    if (!name.ends_with(".json"))
      continue;
    GANLET_TRY(const std::vector<std::byte> file, zip.read(name, budget));
    if (!is_tfjs(file))
      continue;
    const std::string folder(name.substr(0, name.rfind('/') + 1));
    const auto beside = [&](const std::string& shard) { return zip.read(folder + shard, budget); };
    return read_tfjs(file, network, beside, limits, budget);
  }
  return fail(ErrorCode::unsupported, "zip", "there is no model of Keras or TensorFlow.js in this archive");
}

} // namespace ganlet::importing
