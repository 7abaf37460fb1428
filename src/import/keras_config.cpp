#include "import/keras_config.h"

#include <algorithm>
#include <map>

#include "core/text.h"

namespace ganlet::importing::keras {

namespace {

bool is_string(const Json* value) {
  return value != nullptr && value->kind == Json::Kind::string;
}

std::string text_of(const Json* value) {
  return is_string(value) ? value->string : std::string();
}

const std::vector<Json>& elements_of(const Json* value) {
  static const std::vector<Json> nothing;
  return value != nullptr && value->kind == Json::Kind::list ? value->elements : nothing;
}

/// Reads a network's layers and resolves the names of their sources.
class NetworkReader {
 public:
  NetworkReader(Network& network, const Limits& limits) : network_(network), limits_(limits) {}

  Result<void> read(const Json& config) {
    network_.name = text_of(config.find("name"));
    // Keras 1 wrote the layers of a Sequential as a bare list.
    const Json* const layers = config.kind == Json::Kind::list ? &config : config.find("layers");
    if (layers == nullptr || layers->kind != Json::Kind::list)
      return fail(ErrorCode::unsupported,
                  concat("keras ", printable(network_.class_name), " '", printable(network_.name), "'"),
                  concat("a model whose config has no layers can't be read: only Sequential and functional models say "
                         "what they compute; "
                         "build the same network as one of these, copy the weights and save it"));
    if (static_cast<std::int64_t>(layers->elements.size()) > limits_.nodes)
      return fail(ErrorCode::limit_exceeded, "keras", concat("has more than ", limits_.nodes, " layers"));
    for (const Json& layer : layers->elements)
      GANLET_CHECK(add_layer(layer));
    if (network_.is_sequential) {
      if (config.kind == Json::Kind::object)
        network_.built_for = sizes_of(config.find("build_input_shape"));
      return {};
    }
    for (std::size_t i = 0; i < layers->elements.size(); ++i)
      GANLET_CHECK(add_calls(network_.layers[i], layers->elements[i].find("inbound_nodes")));
    GANLET_TRY(network_.inputs, sources_in(config.find("input_layers")));
    GANLET_TRY(network_.outputs, sources_in(config.find("output_layers")));
    if (network_.outputs.empty())
      return fail(ErrorCode::corrupt, concat("keras '", printable(network_.name), "'"), "has no outputs");
    return {};
  }

 private:
  Result<void> add_layer(const Json& json) {
    Layer layer;
    layer.class_name = text_of(json.find("class_name"));
    layer.class_name.erase(0, layer.class_name.rfind('>') + 1);
    layer.module = text_of(json.find("module"));
    layer.config = json.find("config");
    layer.build = json.find("build_config");
    if (layer.config == nullptr || layer.class_name.empty())
      return fail(ErrorCode::corrupt, concat("keras layer ", network_.layers.size()), "has no class or no config");
    layer.name = text_of(json.find("name"));
    if (layer.name.empty() && layer.config->kind == Json::Kind::object)
      layer.name = text_of(layer.config->find("name"));
    if (layer.name.empty())
      layer.name = concat("layer_", network_.layers.size());
    const bool has_layers = layer.config->kind == Json::Kind::list || layer.config->find("layers") != nullptr;
    if (has_layers) {
      GANLET_TRY(Network inner, read_network(json, limits_));
      layer.network = std::make_unique<Network>(std::move(inner));
    } else if (layer.config->kind != Json::Kind::object) {
      return fail(ErrorCode::corrupt, place_of(layer), "has no config");
    }
    indices_.emplace(layer.name, network_.layers.size());
    network_.layers.push_back(std::move(layer));
    return {};
  }

  /// ["name", node, tensor], perhaps followed by an object with the arguments by name.
  static bool is_reference(const Json& value) {
    return value.kind == Json::Kind::list && value.elements.size() >= 3 && is_string(&value.elements[0]) &&
           value.elements[1].integer() && value.elements[2].kind != Json::Kind::list;
  }

  Result<Source> source_of(const Json& reference) const {
    const auto found = indices_.find(reference.elements[0].string);
    const std::optional<std::uint64_t> node = reference.elements[1].natural(), tensor = reference.elements[2].natural();
    if (found == indices_.end() || !node || !tensor)
      return fail(ErrorCode::corrupt, "keras",
                  concat("a layer reads '", printable(reference.elements[0].string), "', which isn't there"));
    return Source{found->second, static_cast<std::size_t>(*node), static_cast<std::size_t>(*tensor)};
  }

  /// The references in a list, in a single reference, or in the members of an object.
  Result<std::vector<Source>> sources_in(const Json* value) const {
    std::vector<Source> sources;
    if (value == nullptr)
      return sources;
    if (is_reference(*value)) {
      GANLET_TRY(const Source source, source_of(*value));
      sources.push_back(source);
    } else {
      for (const Json& element : value->elements) {
        GANLET_TRY(const std::vector<Source> inner, sources_in(&element));
        sources.insert(sources.end(), inner.begin(), inner.end());
      }
    }
    return sources;
  }

  Result<void> add_calls(Layer& layer, const Json* nodes) {
    for (const Json& node : elements_of(nodes)) {
      Call call;
      if (node.kind == Json::Kind::object)
        GANLET_CHECK(add_new_node(node, call));
      else if (is_reference(node) || is_constant(node))
        GANLET_CHECK(add_old_argument(node, call));
      else
        for (const Json& reference : elements_of(&node)) {
          if (!is_reference(reference) && !is_constant(reference))
            return fail(ErrorCode::corrupt, place_of(layer), "what it reads is damaged");
          GANLET_CHECK(add_old_argument(reference, call));
        }
      layer.calls.push_back(std::move(call));
    }
    return {};
  }

  /// ["_CONSTANT_VALUE", -1, 2.0, {}]
  static bool is_constant(const Json& value) {
    return value.kind == Json::Kind::list && value.elements.size() >= 3 && text_of(value.elements.data()) == constant;
  }

  /// The format of Keras 2 and earlier.
  Result<void> add_old_argument(const Json& reference, Call& call) const {
    if (is_constant(reference)) {
      call.arguments.push_back({"", &reference.elements[2]});
    } else {
      GANLET_TRY(const Source source, source_of(reference));
      call.arguments.push_back({"", source});
    }
    if (reference.elements.size() > 3 && reference.elements[3].kind == Json::Kind::object)
      for (std::size_t i = 0; i < reference.elements[3].names.size(); ++i)
        GANLET_CHECK(add_argument(reference.elements[3].names[i], reference.elements[3].elements[i], call));
    return {};
  }

  /// The format of Keras 3: {"args": [...], "kwargs": {...}}
  Result<void> add_new_node(const Json& node, Call& call) const {
    for (const Json& argument : elements_of(node.find("args")))
      GANLET_CHECK(add_argument("", argument, call));
    if (const Json* const named = node.find("kwargs"); named != nullptr && named->kind == Json::Kind::object)
      for (std::size_t i = 0; i < named->names.size(); ++i)
        GANLET_CHECK(add_argument(named->names[i], named->elements[i], call));
    return {};
  }

  Result<void> add_argument(const std::string& name, const Json& value, Call& call) const {
    if (value.kind == Json::Kind::object && text_of(value.find("class_name")) == "__keras_tensor__") {
      const Json* const config = value.find("config");
      const Json* const history = config == nullptr ? nullptr : config->find("keras_history");
      if (history == nullptr || !is_reference(*history))
        return fail(ErrorCode::corrupt, "keras", "a tensor has no history");
      GANLET_TRY(const Source source, source_of(*history));
      call.arguments.push_back({name, source});
    } else if (is_reference(value) && indices_.contains(value.elements[0].string)) {
      GANLET_TRY(const Source source, source_of(value));
      call.arguments.push_back({name, source});
    } else if (is_list_of_tensors(value)) {
      for (const Json& element : value.elements)
        GANLET_CHECK(add_argument(name, element, call));
    } else {
      call.arguments.push_back({name, &value});
    }
    return {};
  }

  bool is_list_of_tensors(const Json& value) const {
    return value.kind == Json::Kind::list && std::ranges::any_of(value.elements, [&](const Json& element) {
             return element.kind == Json::Kind::object || is_reference(element);
           });
  }

  static constexpr std::string_view constant = "_CONSTANT_VALUE";

  Network& network_;
  const Limits& limits_;
  std::map<std::string, std::size_t, std::less<>> indices_;
};

/// Calls `change` with each place where a tensor is read.
template <typename Change> void for_each_source(Network& network, Change change) {
  for (Source& output : network.outputs)
    change(output);
  for (Layer& layer : network.layers)
    for (Call& call : layer.calls)
      for (NamedArgument& argument : call.arguments)
        if (Source* const source = std::get_if<Source>(&argument.value))
          change(*source);
}

/// TensorFlow.js counts the call that a nested model was built by too, which isn't in the file.
void count_calls_from_zero(Network& network) {
  std::vector<std::size_t> last(network.layers.size(), 0);
  for_each_source(network,
                  [&](const Source& source) { last[source.layer] = std::max(last[source.layer], source.node); });
  for_each_source(network, [&](Source& source) {
    const std::size_t calls = network.layers[source.layer].calls.size(), beyond = last[source.layer] + 1;
    if (calls > 0 && beyond > calls)
      source.node -= std::min(source.node, beyond - calls);
  });
}

} // namespace

Result<Network> read_network(const Json& document, const Limits& limits) {
  const Json* const config = document.find("config");
  if (config == nullptr)
    return fail(ErrorCode::corrupt, "keras", "the model has no config");
  Network network;
  network.class_name = text_of(document.find("class_name"));
  network.is_sequential = config->kind == Json::Kind::list || network.class_name == "Sequential";
  GANLET_CHECK(NetworkReader(network, limits).read(*config));
  count_calls_from_zero(network);
  return network;
}

std::string without_python_numbers(std::string_view json, bool as_text) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = json.substr(i);
    std::size_t skip = 0;
    if (!in_string)
      for (const std::string_view number : {"NaN", "-Infinity", "Infinity"})
        if (rest.starts_with(number))
          skip = number.size();
    if (skip > 0) {
      out += as_text ? concat('"', json.substr(i, skip), '"') : "null";
      i += skip - 1;
      continue;
    }
    out += json[i];
    if (json[i] == '\\' && in_string && i + 1 < json.size())
      out += json[++i];
    else if (json[i] == '"')
      in_string = !in_string;
  }
  return out;
}

const Json& unwrapped(const Json& value) {
  const Json* inner = nullptr;
  if (value.kind == Json::Kind::object) {
    inner = value.find("value");
    if (inner == nullptr)
      inner = value.find("items");
    if (const Json* const config = value.find("config"); inner == nullptr && config != nullptr)
      inner = config->kind == Json::Kind::object ? config->find("value") : nullptr;
  }
  return inner == nullptr ? value : unwrapped(*inner);
}

std::optional<std::vector<std::int64_t>> sizes_of(const Json* value) {
  if (value == nullptr)
    return std::nullopt;
  const Json& list = unwrapped(*value);
  if (list.kind != Json::Kind::list)
    return std::nullopt;
  std::vector<std::int64_t> sizes;
  for (const Json& size : list.elements) {
    if (size.kind == Json::Kind::null)
      sizes.push_back(-1);
    else if (const std::optional<std::uint64_t> natural = size.natural(); natural && *natural < std::uint64_t{1} << 40)
      sizes.push_back(static_cast<std::int64_t>(*natural));
    else
      return std::nullopt;
  }
  return sizes;
}

std::string place_of(const Layer& layer) {
  return concat("keras ", printable(layer.class_name), " '", printable(layer.name), "'");
}

} // namespace ganlet::importing::keras
